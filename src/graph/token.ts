import type { TokenCredential } from '@azure/identity';
import { Problem } from '../problem.js';
import { aborted, openLimit, type Deadline } from './deadline.js';

export interface TokenSource {
  /**
   * A token that is not over.
   * @param ends ends the waiting, for the caller alone
   * @param traceparent of the call that asks, for who observes
   * @throws Problem identity-unavailable within the limit, however long the credential hangs (F30, F31); shutting-down
   */
  readonly get: (deadline: Deadline, ends: AbortSignal, traceparent?: string) => Promise<string>;
  /** Drops a token that Graph refused and asks the credential again; it may well give the same one. @throws as get */
  readonly renew: (refused: string, deadline: Deadline, ends: AbortSignal, traceparent?: string) => Promise<string>;
}

/** What a caller is told to wait when there was no token. */
const retryAfterSeconds = 5;

/** A new token must live longer: the identity library dates one without an expiry to the second in which it came (F30). */
const leastLifeMs = 1_000;

/** Least time between two attempts to refresh ahead. */
const refreshPauseMs = 30_000;

/** One request to the credential. */
export interface Asked {
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly success: boolean;
}

interface Options {
  readonly credential: TokenCredential;
  readonly scope: string;
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
  credential,
  scope,
  timeoutMs,
  refreshAheadMs,
  observe = () => undefined,
  now = Date.now,
}: Options): TokenSource {
  let held: { token: string; endsAtMs: number } | undefined;
  let flight: Promise<string> | undefined;
  let refreshNotBeforeMs = 0;

  async function ask(traceparent: string | undefined): Promise<string> {
    const startMs = now();
    let success = false;
    const limit = openLimit(timeoutMs);
    try {
      const asked = credential.getToken(scope, { abortSignal: limit.signal });
      const answer = await Promise.race([asked, aborted(limit.signal)]);
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

  function share(traceparent?: string): Promise<string> {
    flight ??= ask(traceparent).finally(() => {
      flight = undefined;
    });
    return flight;
  }

  async function get(deadline: Deadline, ends: AbortSignal, traceparent?: string): Promise<string> {
    const left = held === undefined ? 0 : held.endsAtMs - now();
    if (held === undefined || left <= 0) return within(share(traceparent), deadline, ends);
    if (left < refreshAheadMs && now() >= refreshNotBeforeMs) {
      refreshNotBeforeMs = now() + refreshPauseMs;
      share().catch(() => undefined);
    }
    return held.token;
  }

  return {
    get,
    renew: (refused, deadline, ends, traceparent) => {
      if (held?.token === refused) held = undefined;
      return get(deadline, ends, traceparent);
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
