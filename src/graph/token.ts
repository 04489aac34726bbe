import type { AccessToken } from '@azure/identity';
import { Problem } from '../problem.js';
import { aborted, openLimit, type Deadline } from '../deadline.js';

export interface TokenSource {
  /**
   * A token that is not over.
   * @param ends aborts this wait; the shared request goes on
   * @param traceparent of the call that asks, for telemetry
   * @throws Problem identity-unavailable within the limit, however long the credential hangs (F30, F31); shutting-down
   */
  readonly get: (deadline: Deadline, ends: AbortSignal, traceparent?: string) => Promise<string>;
  /** Another token than the one that Graph refused, or the same one when the platform has no other. @throws as get */
  readonly renew: (refused: string, deadline: Deadline, ends: AbortSignal, traceparent?: string) => Promise<string>;
}

/** What a caller is told to wait when there was no token. */
const retryAfterSeconds = 5;

/** A new token must live longer: the identity library dates one without an expiry to the second in which it came (F30). */
const leastLifeMs = 1_000;

/** Least time between two attempts to refresh ahead. */
const refreshPauseMs = 30_000;

/** After the platform gave the refused token again, it is not asked for another one for so long. */
const renewPauseMs = 30_000;

/** One request to the credential. */
export interface Asked {
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly success: boolean;
}

/**
 * Asks the identity for a token.
 * @param fresh past every cache that this process has
 */
export type AskForToken = (fresh: boolean, signal: AbortSignal) => Promise<AccessToken | null>;

interface Options {
  readonly askForToken: AskForToken;
  readonly timeoutMs: number;
  readonly refreshAheadMs: number;
  /** Told of every request to the credential when it has ended, with the trace of the call that made it necessary. */
  readonly observe?: (asked: Asked, traceparent: string | undefined) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Holds the token, because asking the credential costs each call more than the call itself. All who need one at the same time
 * share one request; a token near its end is renewed in the background and nobody waits for it before it has ended (F32).
 */
export function createTokenSource({
  askForToken,
  timeoutMs,
  refreshAheadMs,
  observe = () => undefined,
  now = Date.now,
}: Options): TokenSource {
  let held: { token: string; endsAtMs: number } | undefined;
  const flights = new Map<'usual' | 'fresh', Promise<string>>();
  let refreshNotBeforeMs = 0;
  let sameUntilMs = 0;

  async function ask(fresh: boolean, traceparent: string | undefined): Promise<string> {
    const startMs = now();
    let success = false;
    const limit = openLimit(timeoutMs);
    try {
      const answer = await Promise.race([askForToken(fresh, limit.signal), aborted(limit.signal)]);
      if (!answer || answer.token === '' || !(answer.expiresOnTimestamp - now() > leastLifeMs))
        throw new Error('No usable token.');
      held = { token: answer.token, endsAtMs: answer.expiresOnTimestamp };
      success = true;
      return answer.token;
    } catch (error) {
      throw new Problem('identity-unavailable', 'not-applied', { retryAfterSeconds, cause: error });
    } finally {
      limit.release();
      observe({ startMs, durationMs: now() - startMs, success }, traceparent);
    }
  }

  /** One request for all who need it at the same time. */
  function share(kind: 'usual' | 'fresh', traceparent?: string): Promise<string> {
    const flight = flights.get(kind) ?? ask(kind === 'fresh', traceparent).finally(() => flights.delete(kind));
    flights.set(kind, flight);
    return flight;
  }

  async function get(deadline: Deadline, ends: AbortSignal, traceparent?: string): Promise<string> {
    const left = held === undefined ? 0 : held.endsAtMs - now();
    if (held === undefined || left <= 0) return within(share('usual', traceparent), deadline, ends);
    if (left < refreshAheadMs && now() >= refreshNotBeforeMs) {
      refreshNotBeforeMs = now() + refreshPauseMs;
      share('usual').catch(() => undefined);
    }
    return held.token;
  }

  return {
    get,
    renew: async (refused, deadline, ends, traceparent) => {
      if (held?.token !== refused) return get(deadline, ends, traceparent);
      // Where the platform keeps giving the same token, many refused calls must not become as many requests to it.
      if (now() < sameUntilMs) return refused;
      const token = await within(share('fresh', traceparent), deadline, ends);
      if (token === refused) sameUntilMs = now() + renewPauseMs;
      return token;
    },
  };
}

/** The shared request's token, for one who cannot wait longer than this. */
async function within(request: Promise<string>, deadline: Deadline, ends: AbortSignal): Promise<string> {
  const limit = openLimit(deadline.leftMs(), ends);
  try {
    return await Promise.race([request, aborted(limit.signal)]);
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    throw new Problem(ends.aborted ? 'shutting-down' : 'identity-unavailable', 'not-applied', { retryAfterSeconds });
  } finally {
    limit.release();
  }
}
