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

/** Time for one thing that is under way. */
export interface Limit {
  /** Aborted with a `TimeoutError` when the time is over, or earlier by `cut`, or by what ends everything. */
  readonly signal: AbortSignal;
  readonly cut: (reason: unknown) => void;
  /** Whoever opens a limit releases it when the thing is over. */
  readonly release: () => void;
}

/**
 * `AbortSignal.timeout` with `AbortSignal.any` would do the same and leak: Node keeps their signals alive as long as a listener is
 * left, and a request that breaks off leaves its own.
 */
export function openLimit(limitMs: number, ends?: AbortSignal): Limit {
  const controller = new AbortController();
  const cut = (reason: unknown) => {
    controller.abort(reason);
  };
  const end = () => {
    cut(ends?.reason);
  };
  const timer = setTimeout(
    () => {
      cut(new DOMException('The time is over.', 'TimeoutError'));
    },
    Math.min(Math.ceil(limitMs) + 1, longestTimerMs),
  );
  ends?.addEventListener('abort', end);
  if (ends?.aborted) end();
  return {
    signal: controller.signal,
    cut,
    release: () => {
      clearTimeout(timer);
      ends?.removeEventListener('abort', end);
    },
  };
}

/** Rejects with the signal's reason once it is aborted. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
