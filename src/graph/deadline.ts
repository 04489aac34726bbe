import { setTimeout as timer } from 'node:timers/promises';

/** When a call must be over. Everything that waits asks it how much time is left. */
export interface Deadline {
  /** Milliseconds left, never below 0. */
  readonly leftMs: () => number;
}

export function deadlineIn(ms: number, now: () => number = () => performance.now()): Deadline {
  const at = now() + ms;
  return { leftMs: () => Math.max(0, at - now()) };
}

/** Longest wait that a timer of Node holds: a longer one would end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Resolves after the wait, never before its end; false when the signal ended it early. */
export async function wait(waitMs: number, signal?: AbortSignal): Promise<boolean> {
  try {
    // A timer drops the fraction of a millisecond, and may be early by less than one more.
    await timer(Math.min(Math.ceil(waitMs) + 1, longestTimerMs), undefined, signal && { signal });
    return true;
  } catch {
    return false;
  }
}
