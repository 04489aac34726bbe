import type { Caller } from './auth/caller.js';
import type { Deadline } from './deadline.js';
import type { Attempt } from './graph/attempt.js';
import type { Failure } from './graph/failure.js';

/** One call of a caller, or one chunk of a job, from its first line to its last: whose it is, until when, and what was tried so far. */
export interface Call {
  readonly requestId: string;
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  readonly deadline: Deadline;
  /** Place in the caller's trace (W3C Trace Context). */
  readonly traceparent?: string | undefined;
  /** Undefined until a token was believed, and where none is asked for. */
  caller?: Caller;
  /** Requests to Graph that left us, in order. */
  readonly attempts: Attempt[];
  /** True from the first attempt on that may have been applied without a trustworthy answer: the outcome is sticky. */
  ambiguous: boolean;
  /** Until when Graph asked this call to wait, on the clock of `performance.now()`, and with which failure. It binds what comes next. */
  hold?: { readonly untilMs: number; readonly failure: Failure };
  /** Updates that were recorded for the audit. */
  audited: number;
  /** Another token was asked for, because Graph refused one: once for a call. */
  renewed?: true;
}

export function openCall(start: Pick<Call, 'requestId' | 'deadline' | 'traceparent' | 'caller'>): Call {
  return { ...start, startMs: Date.now(), attempts: [], ambiguous: false, audited: 0 };
}

/** How long the call still has to wait, because Graph asked it to. */
export function heldMs({ hold }: Pick<Call, 'hold'>): number {
  return Math.max(0, (hold?.untilMs ?? 0) - performance.now());
}
