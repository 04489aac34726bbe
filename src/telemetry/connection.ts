import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Job, Receipt, TelemetryRecord, ThreadSettings } from './records.js';

/** The telemetry thread as the main thread sees it. */
export interface Connection {
  /** Sends a batch and resolves with what became of it. Never rejects: what a dead thread was given is refused. */
  readonly send: (records: readonly TelemetryRecord[]) => Promise<Omit<Receipt, 'id'>>;
  /** The thread is dead, and stays so. */
  readonly ended: () => boolean;
  readonly close: () => Promise<unknown>;
}

/** Twice what the library and the largest batches were seen to need; a leak there ends the thread, and another one follows. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

const lost = { again: false, refused: Infinity };

/** Starts the telemetry thread, which loads the library. What it prints goes nowhere; the process may end while it works. */
export function startThread(workerData: ThreadSettings, env: Readonly<Record<string, string>>): Connection {
  const waiting = new Map<number, (receipt: Omit<Receipt, 'id'>) => void>();
  let lastId = 0;
  let alive = true;

  const thread = new Worker(join(__dirname, 'thread.js'), {
    workerData,
    env,
    stdout: true,
    stderr: true,
    resourceLimits,
  });
  thread.stdout.resume();
  thread.stderr.resume();
  thread.unref();
  thread.on('message', ({ id, ...receipt }: Receipt) => {
    waiting.get(id)?.(receipt);
    waiting.delete(id);
  });
  // An error ends the thread, and the end is what counts; without a listener it would end the process.
  thread.on('error', () => undefined);
  thread.on('exit', () => {
    alive = false;
    for (const [id, done] of waiting) {
      waiting.delete(id);
      done(lost);
    }
  });

  return {
    send: (records) =>
      new Promise((resolve) => {
        const job: Job = { id: ++lastId, records };
        try {
          if (!alive) throw new Error('The thread has ended.');
          waiting.set(job.id, resolve);
          thread.postMessage(job);
        } catch {
          waiting.delete(job.id);
          resolve(lost);
        }
      }),
    ended: () => !alive,
    close: () => thread.terminate(),
  };
}
