import type { TokenCredential } from '@azure/identity';
import { Problem } from '../problem.js';
import type { Deadline } from './deadline.js';

export interface TokenSource {
  /** A token that is not over. @throws Problem identity-unavailable within the limit, however long the credential hangs (F30, F31) */
  readonly get: (deadline: Deadline) => Promise<string>;
  /** Drops a token that Graph refused and asks the credential again; it may well give the same one. @throws as get */
  readonly renew: (refused: string, deadline: Deadline) => Promise<string>;
}

/** What a caller is told to wait when there was no token. */
const retryAfterSeconds = 5;

/** Least time between two attempts to refresh ahead. */
const refreshPauseMs = 30_000;

interface Options {
  readonly credential: TokenCredential;
  readonly scope: string;
  readonly timeoutMs: number;
  readonly refreshAheadMs: number;
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
  now = Date.now,
}: Options): TokenSource {
  let held: { token: string; endsAtMs: number } | undefined;
  let flight: Promise<string> | undefined;
  let refreshNotBeforeMs = 0;

  async function ask(): Promise<string> {
    const cut = new AbortController();
    const timer = setTimeout(() => {
      cut.abort();
    }, timeoutMs);
    try {
      const answer = await Promise.race([credential.getToken(scope, { abortSignal: cut.signal }), aborted(cut.signal)]);
      if (!answer || answer.token === '' || !(answer.expiresOnTimestamp > now())) throw new Error('No usable token.');
      held = { token: answer.token, endsAtMs: answer.expiresOnTimestamp };
      return answer.token;
    } catch (error) {
      throw new Problem('identity-unavailable', 'not-applied', { retryAfterSeconds, cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  function share(): Promise<string> {
    flight ??= ask().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  async function within(deadline: Deadline, request: Promise<string>): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Problem('identity-unavailable', 'not-applied', { retryAfterSeconds }));
      }, deadline.leftMs());
    });
    try {
      return await Promise.race([request, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function get(deadline: Deadline): Promise<string> {
    const left = held === undefined ? 0 : held.endsAtMs - now();
    if (held === undefined || left <= 0) return within(deadline, share());
    if (left < refreshAheadMs && now() >= refreshNotBeforeMs) {
      refreshNotBeforeMs = now() + refreshPauseMs;
      share().catch(() => undefined);
    }
    return held.token;
  }

  return {
    get,
    renew: async (refused, deadline) => {
      if (held?.token === refused) held = undefined;
      return get(deadline);
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('The identity did not answer in time.'));
    });
  });
}
