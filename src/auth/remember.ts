import { hash } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { Caller } from './caller.js';

type Verify = (token: string) => Promise<Caller>;

/** Whom a token was found to speak for, so that a busy caller's signature is not checked for every call. */
export interface Remembered {
  readonly verify: Verify;
  /** Nothing that was believed before holds any longer: the issuer's keys are others. */
  readonly forget: () => void;
}

const longestMs = 5 * 60_000;

/**
 * Remembers tokens that were found good, by their SHA-256: for five minutes at most, never past their `exp` (without the leeway),
 * and none once the keys changed, also not one whose check was under way then. Refusals are never remembered.
 * @param limit tokens at most; the oldest makes room
 * @param now milliseconds since 1970
 */
export function rememberCallers(verify: Verify, limit = 1_000, now: () => number = Date.now): Remembered {
  const held = new Map<string, { readonly caller: Caller; readonly sinceMs: number; readonly untilMs: number }>();
  let generation = 0;

  return {
    verify: async (token) => {
      const key = hash('sha256', token, 'base64');
      const known = held.get(key);
      const nowMs = now();
      // A clock that was set back must not make a memory longer.
      if (known !== undefined && nowMs >= known.sinceMs && nowMs < known.untilMs) return known.caller;
      held.delete(key);
      const begun = generation;
      const caller = await verify(token);
      if (begun === generation) {
        const untilMs = Math.min(nowMs + longestMs, (decodeJwt(token).exp ?? 0) * 1000);
        held.set(key, { caller, sinceMs: nowMs, untilMs });
        const [oldest] = held.keys();
        if (held.size > limit && oldest !== undefined) held.delete(oldest);
      }
      return caller;
    },
    forget: () => {
      generation += 1;
      held.clear();
    },
  };
}
