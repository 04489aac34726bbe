import { afterAll, beforeAll } from '@jest/globals';

const startLimitMs = 60_000;

/**
 * Starts something before the tests of a file, or of the `describe` that asks for it, and stops it after them. One that did not start is
 * not stopped: its beforeAll has told why.
 * @returns what gives it
 */
export function useStarted<T extends { readonly stop: () => Promise<void> }>(start: () => Promise<T>): () => T {
  let started: T | undefined;
  beforeAll(async () => {
    started = await start();
  }, startLimitMs);
  afterAll(() => started?.stop());
  return () => {
    if (started === undefined) throw new Error('It has not started: see what its beforeAll says.');
    return started;
  };
}
