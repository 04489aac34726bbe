import type { Limits } from '../config.js';
import type { Failure } from './failure.js';

export type Decision = { readonly waitMs: number } | { readonly stop: 'permanent' | 'attempts' | 'deadline' };

/**
 * How long to wait before the next attempt, or why to stop.
 * A wait that Graph asked for is obeyed to the millisecond or not at all: one that does not fit the time left ends the call (F05).
 * Without one the backoff decides, and its jitter leaves at least a tenth: never at once (F02).
 * @param attempt number of the attempt that failed, from 1
 * @param leftMs time left of the call
 * @param random in [0, 1), for full jitter
 */
export function nextAttempt(
  failure: Failure,
  attempt: number,
  leftMs: number,
  random: number,
  limits: Pick<Limits, 'maxAttempts' | 'backoffBaseMs' | 'backoffCapMs' | 'leastAttemptMs'>,
): Decision {
  if (failure.retry === 'never') return { stop: 'permanent' };
  const most = failure.retry === 'once' ? Math.min(2, limits.maxAttempts) : limits.maxAttempts;
  if (attempt >= most) return { stop: 'attempts' };
  const capMs = Math.min(limits.backoffCapMs, limits.backoffBaseMs * 2 ** (attempt - 1));
  const waitMs = failure.retryAfterMs ?? Math.max(0.1, random) * capMs;
  return waitMs + limits.leastAttemptMs <= leftMs ? { waitMs } : { stop: 'deadline' };
}
