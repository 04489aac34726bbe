import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Failure } from '../../src/graph/failure.js';
import { mayGoAgain, nextAttempt, type Decision } from '../../src/graph/retry.js';

const limits = { maxAttempts: 3, backoffBaseMs: 500, backoffCapMs: 10_000, leastAttemptMs: 1000 };
const failed = (retry: Failure['retry'], retryAfterMs?: number): Failure => ({
  code: 'graph-throttled',
  outcome: 'not-applied',
  retry,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

describe('whether there is another attempt', () => {
  test.each<[string, Failure['retry'], number, number, Decision]>([
    ['a failure that repetition cannot help', 'never', 1, 10, { stop: 'permanent' }],
    ['the first of three', 'yes', 1, 3, { waitMs: 250 }],
    ['the second of three', 'yes', 2, 3, { waitMs: 500 }],
    ['the last of three', 'yes', 3, 3, { stop: 'attempts' }],
    ['more than are allowed', 'yes', 4, 3, { stop: 'attempts' }],
    ['the only one', 'yes', 1, 1, { stop: 'attempts' }],
    ['a failure that is repeated once, the first time', 'once', 1, 10, { waitMs: 250 }],
    ['a failure that is repeated once, the second time', 'once', 2, 10, { stop: 'attempts' }],
    ['a failure that is repeated once, where one attempt is all', 'once', 1, 1, { stop: 'attempts' }],
  ])('%s', (_, retry, attempt, maxAttempts, decision) => {
    expect(nextAttempt(failed(retry), attempt, 60_000, 0.5, { ...limits, maxAttempts })).toEqual(decision);
  });
});

test.each<[Failure['retry'], number, boolean]>([
  ['never', 1, false],
  ['once', 1, true],
  ['once', 2, false],
  ['yes', 1, true],
  ['yes', 9, true],
])('a failure that is repeated %s may, after %i attempts, be followed by another: %s', (retry, attempts, may) => {
  expect(mayGoAgain(retry, attempts)).toBe(may);
});

describe('how long it waits', () => {
  test.each([
    ['twice as long as before', 2, 0.5, 500],
    ['twice as long again', 3, 0.5, 1000],
    ['never longer than the cap', 9, 0.5, 5000],
    ['never at once: at least a tenth (F02)', 1, 0, 50],
    ['at least a tenth, a little later in the draw', 1, 0.0999, 50],
    ['as drawn above a tenth', 1, 0.1001, 50.05],
  ])('%s', (_, attempt, random, waitMs) => {
    expect(nextAttempt(failed('yes'), attempt, 60_000, random, { ...limits, maxAttempts: 10 })).toEqual({ waitMs });
  });

  test('as Graph asked, whatever the backoff would be', () => {
    expect(nextAttempt(failed('yes', 2000), 1, 60_000, 0.99, limits)).toEqual({ waitMs: 2000 });
    expect(nextAttempt(failed('yes', 1), 2, 60_000, 0.99, limits)).toEqual({ waitMs: 1 });
  });

  test.each([
    ['exactly enough', 3000, { waitMs: 2000 }],
    ['a millisecond too little', 2999, { stop: 'deadline' }],
    ['nothing', 0, { stop: 'deadline' }],
  ])('when the time left is %s for the wait and one attempt (F05)', (_, leftMs, decision) => {
    expect(nextAttempt(failed('yes', 2000), 1, leftMs, 0.5, limits)).toEqual(decision);
  });

  test('a backoff that does not fit the time left ends the call as well', () => {
    expect(nextAttempt(failed('yes'), 1, 1250, 0.5, limits)).toEqual({ waitMs: 250 });
    expect(nextAttempt(failed('yes'), 1, 1249, 0.5, limits)).toEqual({ stop: 'deadline' });
  });
});

describe('for any failures and any limits', () => {
  const anyLimits = fc.record({
    maxAttempts: fc.integer({ min: 1, max: 10 }),
    backoffBaseMs: fc.integer({ min: 1, max: 60_000 }),
    backoffCapMs: fc.integer({ min: 1, max: 60_000 }),
    leastAttemptMs: fc.integer({ min: 1, max: 10_000 }),
  });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const failure = fc
    .tuple(fc.constantFrom('never', 'once', 'yes'), fc.option(fc.integer({ min: 1, max: 2 ** 31 - 1 })))
    .map(([retry, retryAfterMs]) => failed(retry, retryAfterMs ?? undefined));

  test('a wait is never shorter than Graph asked for, nor nothing, and leaves room for one attempt', () => {
    fc.assert(
      fc.property(
        failure,
        fc.integer({ min: 1, max: 10 }),
        fc.nat(120_000),
        random,
        anyLimits,
        (one, attempt, leftMs, draw, some) => {
          const decision = nextAttempt(one, attempt, leftMs, draw, some);
          if ('stop' in decision) return;
          expect(decision.waitMs).toBeGreaterThanOrEqual(one.retryAfterMs ?? Number.MIN_VALUE);
          expect(decision.waitMs + some.leastAttemptMs).toBeLessThanOrEqual(leftMs);
          if (one.retryAfterMs === undefined) expect(decision.waitMs).toBeLessThanOrEqual(some.backoffCapMs);
        },
      ),
    );
  });

  test('a call ends: its attempts are counted, and each begins while there is time for it', () => {
    const step = fc.record({ failure, draw: random, tookMs: fc.nat(40_000) });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 12, maxLength: 12 }),
        fc.nat(120_000),
        anyLimits,
        (steps, allMs, some) => {
          let nowMs = 0;
          let waitedMs = 0;
          let attempts = 0;
          for (const { failure: one, draw, tookMs } of steps) {
            attempts++;
            nowMs += tookMs;
            const decision = nextAttempt(one, attempts, Math.max(0, allMs - nowMs), draw, some);
            if ('stop' in decision) break;
            nowMs += decision.waitMs;
            waitedMs += decision.waitMs;
            expect(allMs - nowMs).toBeGreaterThanOrEqual(some.leastAttemptMs - 1e-6);
          }
          expect(waitedMs).toBeLessThanOrEqual(allMs);
          expect(attempts).toBeLessThanOrEqual(some.maxAttempts);
        },
      ),
    );
  });
});
