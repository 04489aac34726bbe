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

/** Resolves after the wait; false when the signal ended it early. */
export async function wait(waitMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await timer(waitMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
