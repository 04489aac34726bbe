import type { Context, MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import type { Code } from '../problem.js';
import type { Deadline, Limit } from './deadline.js';
import type { Failure } from './failure.js';

/** What one attempt is told. */
export interface Attempt {
  readonly limit: Limit;
  readonly freshConnection: boolean;
}

/** What is remembered of a call over all its requests: how far it went, and whether one of them was ambiguous. */
export interface Journey {
  /** Requests that left us, in order. */
  readonly attempts: AttemptRecord[];
  /** True from the first attempt on that may have been applied without a trustworthy answer (the outcome is sticky). */
  ambiguous: boolean;
  /** Until when Graph asked this call to wait, on the clock of `performance.now()`, and with which failure. It binds what comes next. */
  hold?: { readonly untilMs: number; readonly failure: Failure };
  /** Another token was asked for, because Graph refused one: once for a call. */
  renewed?: true;
  /** Place of the call in its caller's trace (W3C Trace Context). */
  readonly traceparent?: string | undefined;
}

export interface AttemptRecord {
  readonly method: string;
  /** Number within its request, from 1; one that repeats with another token has the number of the one before. */
  readonly attempt: number;
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  /** Left out when no answer came. */
  readonly status?: number;
  /** What went wrong, where something did. */
  readonly failure?: Code;
  readonly graphRequestId?: string;
  readonly graphCode?: string;
  readonly waitMs: number;
  readonly durationMs: number;
}

/** Carries one request's deadline and journey through the Graph client to our links of its chain. */
export class Control implements MiddlewareOptions {
  /** Undefined before the first. */
  attempt?: Attempt;
  /** What ended the request. The Graph client dresses everything that is thrown inside its chain as an error of its own. */
  thrown: unknown;

  constructor(
    readonly method: string,
    readonly deadline: Deadline,
    readonly journey: Journey,
    readonly limits: { readonly attemptMs: number; readonly maxAttempts: number; readonly answerBytes: number },
    /** With its question mark, exactly as it is sent; the Graph client takes queries apart and puts them together otherwise. */
    readonly search = '',
  ) {}

  /** @throws Error when a request was made past our own functions */
  static of({ middlewareControl }: Context): Control {
    const control = middlewareControl?.getMiddlewareOptions(Control);
    if (!(control instanceof Control)) throw new Error('A Graph request without its control.');
    return control;
  }
}
