import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { aborted, deadlineIn, openLimit, wait } from '../src/deadline.js';

const never = new AbortController().signal;

describe('a deadline', () => {
  test('tells the time left by the clock that it is given, and never less than none', () => {
    let nowMs = 5000;
    const deadline = deadlineIn(1000, () => nowMs);
    const leftAt = (ms: number) => {
      nowMs = ms;
      return deadline.leftMs();
    };
    expect([5000, 5400, 5999, 6000, 6001, 99_000].map(leftAt)).toEqual([1000, 600, 1, 0, 0, 0]);
  });

  test('runs by a clock that no change of the time of day moves', () => {
    const deadline = deadlineIn(60_000);
    expect(deadline.leftMs()).toBeGreaterThan(0);
    expect(deadline.leftMs()).toBeLessThanOrEqual(60_000);
  });
});

describe('a wait', () => {
  test.each([0.5, 3, 5.9])('of %d ms is never shorter', async (waitMs) => {
    for (let round = 0; round < 20; round++) {
      const startMs = performance.now();
      expect(await wait(waitMs, never)).toBe(true);
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(waitMs);
    }
  });

  test('that is longer than a timer can hold does not end at once', async () => {
    const ending = new AbortController();
    const long = wait(2 ** 31 - 1, ending.signal);
    const short = wait(5, never).then(() => 'short');
    expect(await Promise.race([long, short])).toBe('short');
    ending.abort();
    expect(await long).toBe(false);
  });

  test('ends at once when the signal has come already', async () => {
    expect(await wait(60_000, AbortSignal.abort())).toBe(false);
  });

  test('ends early when the signal comes', async () => {
    const ending = new AbortController();
    const waiting = wait(60_000, ending.signal);
    ending.abort();
    expect(await waiting).toBe(false);
  });
});

describe('a limit', () => {
  test('ends by itself with a TimeoutError', async () => {
    const limit = openLimit(1);
    await expect(aborted(limit.signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('ends with what ends everything, and by its reason', async () => {
    const ends = new AbortController();
    const open = openLimit(60_000, ends.signal);
    const late = aborted(open.signal);
    ends.abort();
    expect(open.signal.reason).toMatchObject({ name: 'AbortError' });
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
    const after = openLimit(60_000, ends.signal);
    expect(after.signal.aborted).toBe(true);
    await expect(aborted(after.signal)).rejects.toMatchObject({ name: 'AbortError' });
    for (const { release } of [open, after]) release();
  });

  test('can be cut', () => {
    const limit = openLimit(60_000);
    limit.cut(new Error('enough'));
    expect(limit.signal.reason).toEqual(new Error('enough'));
    limit.release();
  });

  test('that was released ends no more, and leaves nothing behind', async () => {
    const ends = new AbortController();
    const limits = Array.from({ length: 20 }, () => openLimit(1, ends.signal));
    for (const { release } of limits) release();
    expect(getEventListeners(ends.signal, 'abort')).toEqual([]);
    await wait(5);
    ends.abort();
    expect(limits.filter(({ signal }) => signal.aborted)).toEqual([]);
  });
});
