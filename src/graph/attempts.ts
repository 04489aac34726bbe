import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { Limits } from '../config.js';
import { Problem, type Outcome } from '../problem.js';
import { Control, type Journey } from './control.js';
import { openLimit, wait } from './deadline.js';
import { failureOf, failureOfError, graphCode, graphRequestId, type Failure } from './failure.js';
import type { Received } from './received.js';
import { nextAttempt, waitAfter } from './retry.js';
import type { Shutdown } from './shutdown.js';
import type { TokenSource } from './token.js';

/**
 * The first link of the Graph client's chain: attempts until one succeeds, is final, or no time is left.
 * @throws Problem whose outcome holds for the whole journey, not only for the last attempt
 */
export class Attempting implements Middleware {
  #next: Middleware | undefined;

  constructor(
    readonly tokens: TokenSource,
    readonly limits: Limits,
    readonly shutdown: Shutdown,
  ) {}

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const control = Control.of(context);
    try {
      await this.#untilDone(context, control);
    } catch (error) {
      control.thrown = error;
      throw error;
    }
  }

  async #untilDone(context: Context, control: Control): Promise<void> {
    const { deadline, journey, limits } = control;
    const { waitsEnd } = this.shutdown;
    let waitMs = await this.#held(control);
    let token = await this.#token(control);
    let freshConnection = false;

    for (let attempt = 1; ; attempt++) {
      // What is under way may end, what has not begun does not begin (F38); reads are looks at a write that is under way.
      if (waitsEnd.aborted && control.method !== 'GET') throw shuttingDown(journey);
      // A wait was held against the time left when it began.
      if (waitMs === 0 && deadline.leftMs() < this.limits.leastAttemptMs)
        throw new Problem('graph-timeout', outcomeOf(journey));
      const failure = await this.#attempt(context, control, token, freshConnection, attempt, waitMs);
      if (failure === undefined) return;
      journey.ambiguous ||= failure.outcome === 'unknown' && control.method !== 'GET';
      if (failure.code === 'graph-rejected-credentials' && !journey.renewed) {
        journey.renewed = true;
        const other = await this.tokens.renew(token, deadline, waitsEnd, journey.traceparent).catch(() => token);
        if (other !== token) {
          [token, waitMs, attempt] = [other, 0, attempt - 1];
          continue;
        }
      }
      const decision = nextAttempt(failure, attempt, deadline.leftMs(), Math.random(), { ...this.limits, ...limits });
      if ('stop' in decision) {
        if (failure.retryAfterMs !== undefined || failure.code === 'graph-throttled') {
          const untilMs = performance.now() + waitAfter(failure, attempt, Math.random(), this.limits);
          journey.hold = { untilMs, failure };
        }
        throw problemOf(failure, journey);
      }
      if (!(await wait(decision.waitMs, waitsEnd))) throw shuttingDown(journey);
      ({ waitMs } = decision);
      freshConnection = failure.freshConnection ?? false;
    }
  }

  /** Waits as an earlier request of the call was told to (F04c). @throws Problem of that request when the time left is too short */
  async #held({ deadline, journey }: Control): Promise<number> {
    const waitMs = heldMs(journey);
    if (journey.hold === undefined || waitMs === 0) return 0;
    const { failure } = journey.hold;
    if (waitMs + this.limits.leastAttemptMs > deadline.leftMs())
      throw problemOf(failure.retryAfterMs === undefined ? failure : { ...failure, retryAfterMs: waitMs }, journey);
    if (!(await wait(waitMs, this.shutdown.waitsEnd))) throw shuttingDown(journey);
    return waitMs;
  }

  async #token({ deadline, journey }: Control): Promise<string> {
    try {
      return await this.tokens.get(deadline, this.shutdown.waitsEnd, journey.traceparent);
    } catch (error) {
      throw error instanceof Problem ? new Problem(error.code, outcomeOf(journey), error.more) : error;
    }
  }

  /** One attempt; its failure, or undefined when `context.response` holds a 2xx. */
  async #attempt(
    context: Context,
    control: Control,
    token: string,
    freshConnection: boolean,
    attempt: number,
    waitMs: number,
  ): Promise<Failure | undefined> {
    const limitMs = Math.max(1, Math.ceil(Math.min(control.limits.attemptMs, control.deadline.leftMs())));
    const limit = openLimit(limitMs, this.shutdown.attemptsEnd);
    control.attempt = { limit, freshConnection };
    context.options = {
      ...context.options,
      headers: {
        ...(context.options?.headers as Record<string, string> | undefined),
        authorization: `Bearer ${token}`,
        'client-request-id': randomUUID(),
      },
    };
    const [startMs, began] = [Date.now(), performance.now()];
    const ended = (failure: Failure | undefined, received?: Received) => {
      const id = received && graphRequestId(received);
      const code = received && graphCode(received);
      control.journey.attempts.push({
        method: control.method,
        attempt,
        startMs,
        waitMs,
        durationMs: performance.now() - began,
        ...(failure && { failure: failure.code }),
        ...(received && { status: received.status }),
        ...(id !== undefined && { graphRequestId: id }),
        ...(code !== undefined && { graphCode: code }),
      });
      return failure;
    };
    try {
      await this.#next?.execute(context);
      const received = context.response as unknown as Received;
      return ended(failureOf(received, Date.now()), received);
    } catch (error) {
      return ended(failureOfError(error));
    } finally {
      limit.release();
    }
  }
}

/** How long a call still has to wait, because Graph asked it to. */
export function heldMs({ hold }: Journey): number {
  return Math.max(0, (hold?.untilMs ?? 0) - performance.now());
}

/** What is known of a call as a whole: one ambiguous attempt, and nothing that follows can make it certain. */
function outcomeOf({ ambiguous }: Journey): Outcome {
  return ambiguous ? 'unknown' : 'not-applied';
}

/** Length of the window in which Intune counts writes: what a throttled caller waits when Graph names no wait. */
const quotaWindowMs = 20_000;

/** A problem for a failure that ended the attempts. */
function problemOf({ code, retryAfterMs }: Failure, journey: Journey): Problem {
  if (code === 'shutting-down') return shuttingDown(journey);
  const waitMs = retryAfterMs ?? (code === 'graph-throttled' ? quotaWindowMs : undefined);
  return new Problem(code, outcomeOf(journey), {
    ...(waitMs !== undefined && { retryAfterSeconds: Math.ceil(waitMs / 1000) }),
  });
}

function shuttingDown(journey: Journey): Problem {
  return new Problem('shutting-down', outcomeOf(journey), { retryAfterSeconds: 1 });
}
