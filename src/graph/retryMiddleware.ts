import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { heldMs, type Call } from '../call.js';
import type { Limits } from '../config.js';
import { openLimit, wait } from '../deadline.js';
import type { Lifecycle } from '../lifecycle.js';
import { Problem, type Outcome } from '../problem.js';
import type { Attempt } from './attempt.js';
import { failureOf, failureOfError, graphCode, graphRequestId, problemOf, type Failure } from './failure.js';
import { RequestOptions } from './requestOptions.js';
import type { GraphResponse } from './response.js';
import { nextAttempt, waitAfter } from './retry.js';
import type { TokenSource } from './token.js';

interface Parts {
  readonly tokens: TokenSource;
  readonly limits: Limits;
  readonly lifecycle: Lifecycle;
  /** Host that is asked, for telemetry. */
  readonly target: string;
  /** Told of each attempt when it has ended. */
  readonly onAttempt: (attempt: Attempt, call: Call) => void;
}

/**
 * The first link of the Graph client's chain: attempts until one succeeds, is final, or no time is left.
 * @throws Problem whose outcome holds for the whole call, not only for the last attempt
 */
export class RetryMiddleware implements Middleware {
  #next: Middleware | undefined;

  constructor(readonly parts: Parts) {}

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const options = RequestOptions.of(context);
    try {
      await this.#untilDone(context, options);
    } catch (error) {
      options.thrown = error;
      throw error;
    }
  }

  async #untilDone(context: Context, options: RequestOptions): Promise<void> {
    const { tokens, lifecycle } = this.parts;
    const { call } = options;
    const limits = { ...this.parts.limits, ...options.limits };
    let waitMs = await this.#held(call);
    let token = await this.#token(call);
    let freshConnection = false;

    for (let attempt = 1; ; attempt++) {
      // At shut-down no new write starts; reads may, to verify one that was sent (F38).
      if (lifecycle.closing.aborted && options.writes) throw shuttingDown(call);
      // After a wait nextAttempt has already checked that wait and attempt fit.
      if (waitMs === 0 && call.deadline.leftMs() < limits.leastAttemptMs)
        throw new Problem('graph-timeout', outcomeOf(call));
      const failure = await this.#attempt(context, options, token, freshConnection, attempt, waitMs);
      if (failure === undefined) return;
      call.ambiguous ||= failure.outcome === 'unknown' && options.writes;

      if (failure.code === 'graph-rejected-credentials' && !call.renewed) {
        call.renewed = true;
        const other = await tokens.renew(token, call.deadline, lifecycle.closing, call.traceparent).catch(() => token);
        if (other !== token) {
          [token, waitMs, attempt] = [other, 0, attempt - 1];
          continue;
        }
      }
      const decision = nextAttempt(failure, attempt, call.deadline.leftMs(), Math.random(), limits);
      if ('stop' in decision) {
        options.failure = failure;
        if (failure.retryAfterMs !== undefined || failure.code === 'graph-throttled') {
          const untilMs = performance.now() + waitAfter(failure, attempt, Math.random(), limits);
          call.hold = { untilMs, failure };
        }
        throw endOf(failure, call);
      }
      if (!(await wait(decision.waitMs, lifecycle.closing))) throw shuttingDown(call);
      ({ waitMs } = decision);
      freshConnection = failure.freshConnection ?? false;
    }
  }

  /** Waits as an earlier request of the call was told to (F04c). @throws Problem of that request when the time left is too short */
  async #held(call: Call): Promise<number> {
    const waitMs = heldMs(call);
    if (call.hold === undefined || waitMs === 0) return 0;
    const { failure } = call.hold;
    if (waitMs + this.parts.limits.leastAttemptMs > call.deadline.leftMs())
      throw endOf(failure.retryAfterMs === undefined ? failure : { ...failure, retryAfterMs: waitMs }, call);
    if (!(await wait(waitMs, this.parts.lifecycle.closing))) throw shuttingDown(call);
    return waitMs;
  }

  async #token(call: Call): Promise<string> {
    try {
      return await this.parts.tokens.get(call.deadline, this.parts.lifecycle.closing, call.traceparent);
    } catch (error) {
      throw error instanceof Problem ? new Problem(error.code, outcomeOf(call), error.more) : error;
    }
  }

  /** One attempt; its failure, or undefined when `context.response` holds a 2xx. */
  async #attempt(
    context: Context,
    options: RequestOptions,
    token: string,
    freshConnection: boolean,
    attempt: number,
    waitMs: number,
  ): Promise<Failure | undefined> {
    const { call, limits, method, name, writes } = options;
    const limitMs = Math.max(1, Math.ceil(Math.min(limits.attemptMs, call.deadline.leftMs())));
    const limit = openLimit(limitMs, this.parts.lifecycle.cut);
    options.attempt = { limit, freshConnection };
    context.options = {
      ...context.options,
      headers: {
        ...(context.options?.headers as Record<string, string> | undefined),
        authorization: `Bearer ${token}`,
        'client-request-id': randomUUID(),
      },
    };
    const [startMs, begunMs] = [Date.now(), performance.now()];
    const ended = (failure: Failure | undefined, response?: GraphResponse) => {
      const id = response && graphRequestId(response);
      const code = response && graphCode(response);
      const record: Attempt = {
        ...{ name, method, writes, target: this.parts.target, attempt, startMs, waitMs },
        durationMs: performance.now() - begunMs,
        ...(failure && { failure: failure.code }),
        ...(response && { status: response.status }),
        ...(id !== undefined && { graphRequestId: id }),
        ...(code !== undefined && { graphCode: code }),
      };
      call.attempts.push(record);
      this.parts.onAttempt(record, call);
      return failure;
    };
    try {
      await this.#next?.execute(context);
      const response = context.response as unknown as GraphResponse;
      return ended(failureOf(response, Date.now()), response);
    } catch (error) {
      return ended(failureOfError(error));
    } finally {
      limit.release();
    }
  }
}

/** What is known of a call as a whole: after one ambiguous attempt nothing that follows can make it certain. */
function outcomeOf({ ambiguous }: Call): Outcome {
  return ambiguous ? 'unknown' : 'not-applied';
}

/** The problem of a call whose attempts a failure has ended. */
function endOf(failure: Failure, call: Call): Problem {
  return failure.code === 'shutting-down' ? shuttingDown(call) : problemOf(failure, outcomeOf(call));
}

function shuttingDown(call: Call): Problem {
  return new Problem('shutting-down', outcomeOf(call), { retryAfterSeconds: 1 });
}
