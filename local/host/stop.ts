import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { runHooks, type App } from './core.js';

/** The real host's times at its end, in milliseconds. */
export interface StopLimits {
  /** How long running calls are answered; then their callers' connections are reset. */
  readonly answersMs: number;
  /** How long running invocations are waited for, in all. */
  readonly invocationsMs: number;
  /** How long the app's `appTerminate` hooks may take. */
  readonly hooksMs: number;
}

export interface Stopping {
  readonly app: App;
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  readonly running: ReadonlySet<Promise<unknown>>;
  /** Lets queue triggers end; they have their own time, beside that of calls. */
  readonly stopQueues: () => Promise<void>;
  readonly limits: StopLimits;
}

/**
 * Ends in the real host's order: no new connection; running calls have their time and are then reset; the app learns of the end
 * (`appTerminate`) only when its last invocation has ended, or has been waited for long enough.
 */
export async function stop({ app, server, sockets, running, stopQueues, limits }: Stopping): Promise<void> {
  server.close();
  server.closeIdleConnections();
  const queues = stopQueues();
  if (running.size > 0) app.log('information', 'host', `Ending. Calls under way: ${running.size}.`);
  const idle = ended(running);
  const answered = await within(idle, limits.answersMs);
  if (!answered) {
    app.log('warning', 'host', `Calls that did not end within ${limits.answersMs} ms are reset: ${running.size}.`);
    for (const socket of sockets) socket.resetAndDestroy();
    await within(idle, limits.invocationsMs - limits.answersMs);
  }
  await within(queues, limits.invocationsMs);
  const hooks = runHooks(app, 'appTerminate', { hookData: {} }).catch((error: unknown) => {
    app.log('error', 'host', `An appTerminate hook failed: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!(await within(hooks, limits.hooksMs)))
    app.log('warning', 'host', `The appTerminate hooks took more than ${limits.hooksMs} ms and were cut off.`);
}

/** Resolves when nothing runs any more, whatever began meanwhile. */
async function ended(running: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running);
}

async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const ending = new AbortController();
  const late = wait(Math.max(0, limitMs), false, { signal: ending.signal }).catch(() => false);
  const inTime = await Promise.race([work.then(() => true), late]);
  ending.abort();
  return inTime;
}
