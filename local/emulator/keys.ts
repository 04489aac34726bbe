import { createHash, generateKeyPair, sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** A key that signs the emulator's tokens, in every form that an honest or a hostile test asks for. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo, for tokens that misuse it as a shared secret (F62). */
  readonly publicPem: string;
  /** As a key set publishes it (RFC 7517); Entra ID leaves `alg` out, so this does too. */
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

export interface KeyRing {
  /** All keys that ever signed, the one in use first. */
  readonly all: () => readonly SigningKey[];
  /** What the key endpoint shows: the keys that were not withdrawn. */
  readonly published: () => readonly SigningKey[];
  /** A new key signs from now on. The older ones stay published, as in Entra ID's own roll-over, unless they are withdrawn. */
  readonly rotate: (options?: { withdrawOld?: boolean }) => Promise<SigningKey>;
  /** A JWT (RFC 7515 compact form) signed with RS256, whatever the given header claims: nothing is checked or added but `typ`, `alg`, `kid`. */
  readonly sign: (claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>) => string;
  /** The claims of a token that any of these keys signed with RS256, else `undefined`; times and audience are the reader's. */
  readonly open: (token: string) => Readonly<Record<string, unknown>> | undefined;
}

const makePair = promisify(generateKeyPair);

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await makePair('rsa', { modulusLength: 2048 });
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const kid = createHash('sha1').update(publicPem).digest('base64url');
  return { kid, privateKey, publicKey, publicPem, publicJwk: { kty, use: 'sig', kid, x5t: kid, n, e } };
}

let firstKey: Promise<SigningKey> | undefined;

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function decode(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The keys of one emulator. Making a key costs a tenth of a second: the first is made once in a process and shared. */
export async function openKeyRing(): Promise<KeyRing> {
  firstKey ??= makeKey();
  let inUse = await firstKey;
  let all = [inUse];
  let published = all;

  return {
    all: () => all,
    published: () => published,
    rotate: async ({ withdrawOld = false } = {}) => {
      inUse = await makeKey();
      all = [inUse, ...all];
      published = withdrawOld ? [inUse] : [inUse, ...published];
      return inUse;
    },
    sign: (claims, header = {}) => {
      const content = `${encode({ typ: 'JWT', alg: 'RS256', kid: inUse.kid, ...header })}.${encode(claims)}`;
      return `${content}.${sign('sha256', Buffer.from(content), inUse.privateKey).toString('base64url')}`;
    },
    open: (token) => {
      const [header = '', claims = '', signature = ''] = token.split('.');
      try {
        const { kid, alg } = decode(header);
        const key = all.find((candidate) => candidate.kid === kid);
        const content = Buffer.from(`${header}.${claims}`);
        const genuine =
          key && alg === 'RS256' && verify('sha256', content, key.publicKey, Buffer.from(signature, 'base64url'));
        return genuine ? decode(claims) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
