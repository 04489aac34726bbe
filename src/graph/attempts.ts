import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { Limits } from '../config.js';
import { Problem } from '../problem.js';
import { Control } from './control.js';
import { wait } from './deadline.js';
import { failureOf, failureOfError, graphCode, graphRequestId, type Failure } from './failure.js';
import type { Received } from './received.js';
import { nextAttempt } from './retry.js';
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
    let token = await this.#token(control);
    let renewed = false;
    let freshConnection = false;
    let waitMs = 0;

    for (let attempt = 1; ; attempt++) {
      const failure = await this.#attempt(context, control, token, freshConnection, waitMs);
      if (failure === undefined) return;
      journey.ambiguous ||= failure.outcome === 'unknown' && control.method !== 'GET';

      if (failure.code === 'graph-rejected-credentials' && !renewed) {
        const other = await this.tokens.renew(token, deadline).catch(() => token);
        if (other !== token) {
          [token, renewed, attempt] = [other, true, attempt - 1];
          continue;
        }
      }
      const decision = nextAttempt(failure, attempt, deadline.leftMs(), Math.random(), { ...this.limits, ...limits });
      if ('stop' in decision) throw problemOf(failure, journey.ambiguous);
      if (!(await wait(decision.waitMs, this.shutdown.waitsEnd))) throw shuttingDown(journey.ambiguous);
      ({ waitMs } = decision);
      freshConnection = failure.freshConnection ?? false;
    }
  }

  async #token({ deadline, journey }: Control): Promise<string> {
    try {
      return await this.tokens.get(deadline);
    } catch (error) {
      if (error instanceof Problem && journey.ambiguous) throw new Problem(error.code, 'unknown', error.more);
      throw error;
    }
  }

  /** One attempt; its failure, or undefined when `context.response` holds a 2xx. */
  async #attempt(
    context: Context,
    control: Control,
    token: string,
    freshConnection: boolean,
    waitMs: number,
  ): Promise<Failure | undefined> {
    const limitMs = Math.max(1, Math.ceil(Math.min(control.limits.attemptMs, control.deadline.leftMs())));
    control.attempt = {
      signal: AbortSignal.any([AbortSignal.timeout(limitMs), this.shutdown.attemptsEnd]),
      freshConnection,
    };
    context.options = {
      ...context.options,
      headers: {
        ...(context.options?.headers as Record<string, string> | undefined),
        authorization: `Bearer ${token}`,
        'client-request-id': randomUUID(),
      },
    };
    const startMs = performance.now();
    const record = (received?: Received) => {
      const id = received && graphRequestId(received);
      const code = received && graphCode(received);
      control.journey.attempts.push({
        method: control.method,
        waitMs,
        durationMs: performance.now() - startMs,
        ...(received && { status: received.status }),
        ...(id !== undefined && { graphRequestId: id }),
        ...(code !== undefined && code !== '' && { graphCode: code }),
      });
    };
    try {
      await this.#next?.execute(context);
      const received = context.response as unknown as Received;
      record(received);
      return failureOf(received, Date.now());
    } catch (error) {
      record();
      return failureOfError(error);
    }
  }
}

/** A problem for a failure that ended the attempts. */
function problemOf({ code, retryAfterMs }: Failure, ambiguous: boolean): Problem {
  if (code === 'shutting-down') return shuttingDown(ambiguous);
  return new Problem(code, ambiguous ? 'unknown' : 'not-applied', {
    ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
  });
}

function shuttingDown(ambiguous: boolean): Problem {
  return new Problem('shutting-down', ambiguous ? 'unknown' : 'not-applied', { retryAfterSeconds: 1 });
}
