import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { apiClientId } from '../../local/emulator/constants.js';
import type { Emulator } from '../../local/emulator/emulator.js';
import type { SigningKey } from '../../local/emulator/keys.js';

/** A key that nobody trusts, and others of kinds that this API does not take. */
export const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const edwards = generateKeyPairSync('ed25519');

export const base64 = (text: string) => Buffer.from(text).toString('base64url');

export type Signer = (content: string) => Buffer;
export const unsigned: Signer = () => Buffer.alloc(0);
export const signed =
  (hash: string | null, key: KeyObject, options: object = {}): Signer =>
  (content) =>
    sign(hash, Buffer.from(content), { key, ...options });
export const hmac =
  (hash: string, secret: string | Buffer): Signer =>
  (content) =>
    createHmac(hash, secret).update(content).digest();

/** The key that signs the emulator's tokens at present. */
export function currentKey(emulator: Emulator): SigningKey {
  const [key] = emulator.signingKeys();
  if (!key) throw new Error('The emulator has no key.');
  return key;
}

/** The claims of a good token, with changes; `undefined` removes one. */
export function goodClaims(emulator: Emulator, changes: object = {}): Record<string, unknown> {
  const [, claims = ''] = emulator.issue().split('.');
  return { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), ...changes };
}

/** A compact JWS (RFC 7515 §7.1) whose parts are what the forger says: a text goes as it is, everything else as JSON. */
export function seal(header: unknown, claims: unknown, signer: Signer): string {
  const part = (value: unknown) => base64(typeof value === 'string' ? value : JSON.stringify(value));
  const content = `${part(header)}.${part(claims)}`;
  return `${content}.${signer(content).toString('base64url')}`;
}

/** Good claims under a forged header and signature; the header names the emulator's key unless it says otherwise. */
export function forge(emulator: Emulator, header: object, signer: Signer): string {
  const named = { typ: 'JWT', alg: 'RS256', kid: currentKey(emulator).kid, ...header };
  return seal(named, goodClaims(emulator), signer);
}

/** Genuine tokens of the same issuer that are not access tokens of version 2.0 for this API. */
export const foreign = {
  idToken: (emulator: Emulator) =>
    emulator.issue({ azp: undefined, azpacr: undefined, nonce: 'n', at_hash: 'h', name: 'A Person' }),
  versionOne: ({ issue, tenantId }: Emulator) =>
    issue({
      ver: '1.0',
      iss: `https://sts.windows.net/${tenantId}/`,
      aud: `api://${apiClientId}`,
      azp: undefined,
      appid: 'e1a7c0de-0000-4000-a000-0000000000b1',
    }),
  graph: ({ issue }: Emulator) => issue({ aud: 'https://graph.microsoft.com' }),
};

export const secondsNow = (): number => Math.floor(Date.now() / 1000);
