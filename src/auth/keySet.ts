import type { JSONWebKeySet, JWK } from 'jose';
import { Agent, request } from 'undici';
import type { EntraConfig } from '../config.js';

/** Most that is read of one answer; a tenant's key set has some 20 KiB. */
const answerLimitBytes = 256 * 1024;

/** The one issuer whose tokens are accepted, made from our own settings. */
export function issuerOf({ root, tenantId }: Pick<EntraConfig, 'root' | 'tenantId'>): string {
  return `${root}/${tenantId}/v2.0`;
}

/**
 * A function that asks the tenant's OpenID configuration for its keys, and those for themselves, within the time limit over both.
 * It rejects unless both answers are 200, JSON and within 256 KiB, the configuration is the issuer's own, and there is a key.
 * The keys must stand on the host of the settings: whoever chooses them decides who may call, so that no other host is taken
 * on the configuration's word. Redirects are not followed, for the same reason.
 */
export function createKeySetReader(entra: EntraConfig): () => Promise<JSONWebKeySet> {
  const dispatcher = new Agent({ allowH2: false, maxResponseSize: answerLimitBytes });
  const issuer = issuerOf(entra);

  async function readJson(url: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
    // A connection of its own each time: once an hour none is worth keeping, and a kept one may be dead.
    const { statusCode, body } = await request(url, { dispatcher, signal, headers, reset: true });
    if (statusCode === 200) return (await body.json()) as Record<string, unknown>;
    body.on('error', () => undefined).destroy();
    throw new Error(`Entra ID answered with ${statusCode}.`);
  }

  return async () => {
    const signal = AbortSignal.timeout(entra.signingKeys.timeoutMs);
    const configuration = await readJson(`${issuer}/.well-known/openid-configuration`, signal);
    if (configuration.issuer !== issuer) throw new Error('The OpenID configuration is that of another issuer.');
    const address = configuration.jwks_uri;
    if (typeof address !== 'string' || !address.startsWith(`${entra.root}/`))
      throw new Error('The OpenID configuration names keys on another host.');
    const keys = signingKeysOf((await readJson(address, signal)).keys, entra);
    if (keys.length === 0) throw new Error('The key set holds no key of this issuer.');
    return { keys };
  };
}

/** A key of the set as it is published: nothing of it is believed yet. */
type Published = Readonly<Record<string, unknown>>;

/**
 * The public RSA keys that may sign for this issuer. Entra ID names the issuer in each key, `{tenantid}` standing for any tenant:
 * a key of another issuer must not vouch for this one.
 */
function signingKeysOf(keys: unknown, entra: EntraConfig): JWK[] {
  const issuers: unknown[] = [undefined, issuerOf(entra), issuerOf({ ...entra, tenantId: '{tenantid}' })];
  return (Array.isArray(keys) ? (keys as (Published | null)[]) : [])
    .map((key) => key ?? {})
    .filter((key) => typeof key.kid === 'string' && issuers.includes(key.issuer) && maySign(key) && isStrong(key))
    .map(({ kty, kid, n, e }) => ({ kty, kid, n, e, use: 'sig', alg: 'RS256' }) as JWK);
}

/** What a key says of its own purpose binds (RFC 7517 §4.2 to §4.4). */
function maySign({ kty, use = 'sig', alg = 'RS256', key_ops: operations = ['verify'] }: Published): boolean {
  return (
    kty === 'RSA' && use === 'sig' && alg === 'RS256' && Array.isArray(operations) && operations.includes('verify')
  );
}

/** A modulus of at least 2 048 bits (RFC 7518 §3.3) and a public exponent of at least 65 537 (NIST SP 800-56B §6.2). */
function isStrong({ n, e }: Published): boolean {
  return unsigned(n) >= 1n << 2047n && unsigned(e) >= 65_537n;
}

/** A Base64urlUInt (RFC 7518 §2); 0 for anything else. */
function unsigned(value: unknown): bigint {
  if (typeof value !== 'string' || !/^[\w-]+$/.test(value)) return 0n;
  return BigInt(`0x0${Buffer.from(value, 'base64url').toString('hex')}`);
}
