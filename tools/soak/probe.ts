import { readdirSync, readlinkSync } from 'node:fs';

// Loaded into the host process before everything else (`--require`, with `--expose-gc` and an IPC channel): measures when it is asked.

/** What one process holds at one moment. */
export interface Measure {
  /** After a forced garbage collection. */
  readonly heapBytes: number;
  /** Open sockets; undefined where the system does not tell (it is read from /proc). */
  readonly sockets: number | undefined;
}

function sockets(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').filter((name) => isSocket(`/proc/self/fd/${name}`)).length;
  } catch {
    return undefined;
  }
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:');
  } catch {
    return false;
  }
}

process.on('message', (message) => {
  if (message !== 'measure') return;
  // Finalizers run between two collections, and free more.
  globalThis.gc?.();
  setImmediate(() => {
    globalThis.gc?.();
    const measure: Measure = { heapBytes: process.memoryUsage().heapUsed, sockets: sockets() };
    process.send?.({ measure });
  });
});
