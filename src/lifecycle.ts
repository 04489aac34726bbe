import { wait } from './deadline.js';

/** What runs in this instance, whatever brought it, and the end of the instance (F38). */
export interface Lifecycle {
  /** Aborted when the end begins: waits end, and a write that has not begun does not begin. */
  readonly closing: AbortSignal;
  /** Aborted when what is under way has had its time: it is cut. */
  readonly cut: AbortSignal;
  /** Counts the work until it ends, so that the end waits for it. */
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  /**
   * Begins the end, and resolves when nothing runs any more or the time is over.
   * @param workMs for what is under way
   * @param recordMs for what was cut, to be recorded and answered
   */
  readonly end: (workMs: number, recordMs: number) => Promise<void>;
}

export function createLifecycle(): Lifecycle {
  const [closing, cut] = [new AbortController(), new AbortController()];
  const running = new Set<Promise<unknown>>();
  return {
    closing: closing.signal,
    cut: cut.signal,
    run: async (work) => {
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    end: async (workMs, recordMs) => {
      closing.abort();
      const ended = Promise.allSettled(running);
      await Promise.race([ended, wait(workMs)]);
      cut.abort();
      await Promise.race([ended, wait(recordMs)]);
    },
  };
}
