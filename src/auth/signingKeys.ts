import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWTHeaderParameters } from 'jose';
import { Problem } from '../problem.js';

/** The key that a token's header names. @throws Problem signing-keys-unavailable; JWKSNoMatchingKey when the issuer has no such key */
export type FindKey = (header: JWTHeaderParameters) => Promise<CryptoKey>;

interface Options {
  /** Asks the issuer; ends within a limit of its own. */
  readonly read: () => Promise<JSONWebKeySet>;
  readonly cooldownMs: number;
  readonly refreshMs: number;
  readonly staleMs: number;
  /** Told when keys were read again: what the former ones vouched for is to be checked anew. */
  readonly changed?: () => void;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Holds the issuer's keys. The issuer is asked by one request at a time and not again within the cooldown, whatever came of the
 * last one, so that a flood of unknown key ids costs it nothing (F66). Keys past their refresh age are renewed while they serve,
 * and serve on while that fails, up to their stale age (F67).
 */
export function createSigningKeys({
  read,
  cooldownMs,
  refreshMs,
  staleMs,
  changed,
  now = () => performance.now(),
}: Options): FindKey {
  let held: { find: ReturnType<typeof createLocalJWKSet>; atMs: number } | undefined;
  let flight: Promise<void> | undefined;
  let askedAtMs = -Infinity;
  let trouble: unknown;

  const usable = () => (held !== undefined && now() - held.atMs < staleMs ? held : undefined);

  async function ask(): Promise<void> {
    const atMs = now();
    askedAtMs = atMs;
    try {
      held = { find: createLocalJWKSet(await read()), atMs };
      changed?.();
    } catch (error) {
      trouble = error;
    }
  }

  /** Ends when a request under way has ended, or at once in the cooldown; never rejects. */
  async function renew(): Promise<void> {
    if (flight === undefined && now() - askedAtMs < cooldownMs) return;
    flight ??= ask().finally(() => {
      flight = undefined;
    });
    await flight;
  }

  return async (header) => {
    const first = usable();
    if (first !== undefined) {
      if (now() - first.atMs >= refreshMs) void renew();
      const key = await first.find(header).catch(noMatch);
      if (key !== undefined) return key;
    }
    await renew();
    const latest = usable();
    if (latest !== undefined) return latest.find(header);
    const retryAfterSeconds = Math.max(1, Math.ceil((askedAtMs + cooldownMs - now()) / 1000));
    throw new Problem('signing-keys-unavailable', 'not-applied', { retryAfterSeconds, cause: trouble });
  };
}

function noMatch(error: unknown): undefined {
  if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
}
