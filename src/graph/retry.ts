import type { Limits } from '../config.js';
import type { Failure } from './failure.js';

/** The wait that Graph asked for, else a backoff: at most twice as long after each attempt, and never none (F02). */
export function waitAfter(
  { retryAfterMs }: Pick<Failure, 'retryAfterMs'>,
  attempt: number,
  random: number,
  { backoffBaseMs, backoffCapMs }: Pick<Limits, 'backoffBaseMs' | 'backoffCapMs'>,
): number {
  return retryAfterMs ?? Math.max(0.1, random) * Math.min(backoffCapMs, backoffBaseMs * 2 ** (attempt - 1));
}

/** Whether a failure of this kind may be followed by another attempt. @param attempts made so far */
export function mayGoAgain(retry: Failure['retry'], attempts: number): boolean {
  return retry === 'yes' || (retry === 'once' && attempts < 2);
}

export type Decision = { readonly waitMs: number } | { readonly stop: 'permanent' | 'attempts' | 'deadline' };

/**
 * How long to wait before the next attempt, or why to stop.
 * A wait that Graph asked for is obeyed to the millisecond or not at all: one that does not fit the time left ends the call (F05).
 * Without one the backoff decides; its jitter leaves at least a tenth.
 * @param attempt number of the attempt that failed, from 1
 * @param leftMs time left of the call
 * @param random in [0, 1), for full jitter
 */
export function nextAttempt(
  failure: Pick<Failure, 'retry' | 'retryAfterMs'>,
  attempt: number,
  leftMs: number,
  random: number,
  limits: Pick<Limits, 'maxAttempts' | 'backoffBaseMs' | 'backoffCapMs' | 'leastAttemptMs'>,
): Decision {
  if (failure.retry === 'never') return { stop: 'permanent' };
  if (!mayGoAgain(failure.retry, attempt) || attempt >= limits.maxAttempts) return { stop: 'attempts' };
  const waitMs = waitAfter(failure, attempt, random, limits);
  return waitMs + limits.leastAttemptMs <= leftMs ? { waitMs } : { stop: 'deadline' };
}
