import { apiClientId } from '../../local/emulator/constants.js';
import type { Emulator } from '../../local/emulator/emulator.js';
import {
  attacker,
  base64,
  currentKey,
  curve,
  edwards,
  foreign,
  forge,
  goodClaims,
  hmac,
  signed,
  seal,
  secondsNow,
  unsigned,
} from '../support/forge.js';

type Make = (emulator: Emulator) => string;

const none =
  (header: object): Make =>
  (emulator) =>
    forge(emulator, header, unsigned);
/** The public key, which everybody knows, as a shared secret. */
const shared =
  (alg: string, secret: (emulator: Emulator) => string | Buffer): Make =>
  (emulator) =>
    forge(emulator, { alg }, hmac(alg.replace('HS', 'sha'), secret(emulator)));
const own =
  (header: object): Make =>
  (emulator) =>
    forge(emulator, header, signed('sha256', attacker.privateKey));
/** Signed by the issuer itself, with these header parameters. */
const header =
  (changes: object): Make =>
  ({ issue }) =>
    issue({}, { ...changes });
const claims =
  (changes: object): Make =>
  ({ issue }) =>
    issue({ ...changes });
const inSeconds =
  (claim: string, seconds: number): Make =>
  ({ issue }) =>
    issue({ [claim]: secondsNow() + seconds });
const shape =
  (change: (parts: [string, string, string]) => string): Make =>
  ({ issue }) =>
    change(issue().split('.') as [string, string, string]);
/** Any text in the place of the claims, signed by the issuer. */
const payload =
  (text: (emulator: Emulator) => string): Make =>
  (emulator) =>
    seal(
      { typ: 'JWT', alg: 'RS256', kid: currentKey(emulator).kid },
      text(emulator),
      signed('sha256', currentKey(emulator).privateKey),
    );

const attackerJwk = attacker.publicKey.export({ format: 'jwk' });
const elsewhere = 'http://127.0.0.1:9/keys';
const otherId = 'e1a7c0de-0000-4000-a000-0000000000ff';

/** Tokens that must all end in the same 401 (F62–F64); those of the issuer itself are good but for what their name says. */
export const hostileTokens: Readonly<Record<string, Make>> = {
  // Algorithms
  'alg none': none({ alg: 'none' }),
  'alg None': none({ alg: 'None' }),
  'alg NONE': none({ alg: 'NONE' }),
  'alg none without a kid': none({ alg: 'none', kid: undefined }),
  'alg none with a genuine signature': header({ alg: 'none' }),
  'RS256 without a signature': none({}),
  'HS256 with the public key as PEM': shared('HS256', (emulator) => currentKey(emulator).publicPem),
  'HS256 with the public key as PEM, trimmed': shared('HS256', (emulator) => currentKey(emulator).publicPem.trim()),
  'HS256 with the public key as DER': shared('HS256', (emulator) =>
    currentKey(emulator).publicKey.export({ format: 'der', type: 'spki' }),
  ),
  'HS256 with the modulus': shared('HS256', (emulator) => String(currentKey(emulator).publicJwk.n)),
  'HS256 with nothing': shared('HS256', () => ''),
  'HS384 with the public key': shared('HS384', (emulator) => currentKey(emulator).publicPem),
  'HS512 with the public key': shared('HS512', (emulator) => currentKey(emulator).publicPem),
  'RS384 by the issuer': (emulator) =>
    forge(emulator, { alg: 'RS384' }, signed('sha384', currentKey(emulator).privateKey)),
  'RS512 by the issuer': (emulator) =>
    forge(emulator, { alg: 'RS512' }, signed('sha512', currentKey(emulator).privateKey)),
  'PS256 by the issuer': (emulator) =>
    forge(
      emulator,
      { alg: 'PS256' },
      signed('sha256', currentKey(emulator).privateKey, { padding: 6, saltLength: 32 }),
    ),
  'RS256 over SHA-1': (emulator) => forge(emulator, {}, signed('sha1', currentKey(emulator).privateKey)),
  'ES256 by another key': (emulator) =>
    forge(emulator, { alg: 'ES256' }, signed('sha256', curve.privateKey, { dsaEncoding: 'ieee-p1363' })),
  'EdDSA by another key': (emulator) => forge(emulator, { alg: 'EdDSA' }, signed(null, edwards.privateKey)),
  'alg rs256': header({ alg: 'rs256' }),
  'alg missing': header({ alg: undefined }),
  'alg null': header({ alg: null }),
  'alg as a list': header({ alg: ['RS256'] }),
  'alg with a space': header({ alg: 'RS256 ' }),

  // Headers
  'another key under a genuine kid': own({}),
  'another key under its own kid': own({ kid: 'attacker' }),
  'jku to another key': own({ kid: 'attacker', jku: elsewhere }),
  'jwk of another key': own({ jwk: attackerJwk }),
  'jwk of another key, no kid': own({ kid: undefined, jwk: attackerJwk }),
  'x5u to another key': own({ kid: 'attacker', x5u: elsewhere }),
  'x5c of another key': own({ x5c: [attacker.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')] }),
  'jku by the issuer': header({ jku: elsewhere }),
  'jwk by the issuer': header({ jwk: attackerJwk }),
  'x5u by the issuer': header({ x5u: elsewhere }),
  'crit of something unknown': header({ crit: ['hardened'], hardened: true }),
  'crit of a claim': header({ crit: ['exp'], exp: 1 }),
  'crit empty': header({ crit: [] }),
  'b64 false': header({ crit: ['b64'], b64: false }),
  'b64 without crit': header({ b64: false }),
  zip: header({ zip: 'DEF' }),
  'kid missing': header({ kid: undefined }),
  'kid empty': header({ kid: '' }),
  'kid unknown': header({ kid: 'nobody' }),
  'kid as a path': header({ kid: '../../../../dev/null' }),
  'kid as a query': header({ kid: "' OR '1'='1" }),
  'kid as a number': header({ kid: 1 }),
  'kid as a list': (emulator) => emulator.issue({}, { kid: [currentKey(emulator).kid] }),
  'kid __proto__': header({ kid: '__proto__' }),
  'typ missing': header({ typ: undefined }),
  'typ of a logout token': header({ typ: 'logout+jwt' }),
  'typ as a number': header({ typ: 1 }),

  // Claims
  'aud of another API': claims({ aud: otherId }),
  'aud of Graph': foreign.graph,
  'aud as a list with ours in it': claims({ aud: [apiClientId, otherId] }),
  'aud in upper case': claims({ aud: apiClientId.toUpperCase() }),
  'aud as a URI': claims({ aud: `api://${apiClientId}` }),
  'aud missing': claims({ aud: undefined }),
  'iss of another tenant': ({ issue, identityUrl }) => issue({ iss: `${identityUrl}/${otherId}/v2.0` }),
  'iss of the real cloud': ({ issue, tenantId }) =>
    issue({ iss: `https://login.microsoftonline.com/${tenantId}/v2.0` }),
  'iss with a slash at the end': ({ issue, identityUrl, tenantId }) =>
    issue({ iss: `${identityUrl}/${tenantId}/v2.0/` }),
  'iss as a list': ({ issue, identityUrl, tenantId }) => issue({ iss: [`${identityUrl}/${tenantId}/v2.0`] }),
  'iss missing': claims({ iss: undefined }),
  'tid of another tenant': claims({ tid: otherId }),
  'tid missing': claims({ tid: undefined }),
  'ver 1.0': claims({ ver: '1.0' }),
  'ver as a number': claims({ ver: 2.0 }),
  'ver missing': claims({ ver: undefined }),
  'a whole token of version 1.0': foreign.versionOne,
  'a whole ID token': foreign.idToken,
  'azp empty': claims({ azp: '' }),
  'azp as a list': claims({ azp: [otherId] }),
  'oid as a number': claims({ oid: 7 }),
  'roles as a text': claims({ roles: 'ModelPerformance.Write' }),
  'roles as an object': claims({ roles: { 'ModelPerformance.Write': true } }),
  'roles null': claims({ roles: null }),
  'roles with a list in them': claims({ roles: [['ModelPerformance.Write']] }),
  'scp as a list': claims({ scp: ['access_as_user'] }),
  'scp null': claims({ scp: null }),
  'idtyp user without scp': claims({ idtyp: 'user' }),
  'bound to a key': claims({ cnf: { kid: 'k' } }),

  // Times
  'exp missing': claims({ exp: undefined }),
  'exp as a text': ({ issue }) => issue({ exp: String(secondsNow() + 3600) }),
  'exp null': claims({ exp: null }),
  'exp true': claims({ exp: true }),
  'exp beyond all numbers': payload((emulator) =>
    JSON.stringify(goodClaims(emulator)).replace(/"exp":\d+/, '"exp":1e400'),
  ),
  'exp an hour ago': inSeconds('exp', -3600),
  'exp in the year 1970': claims({ exp: 0 }),
  'nbf in an hour': inSeconds('nbf', 3600),
  'nbf as a text': claims({ nbf: '0' }),
  'nbf missing': claims({ nbf: undefined }),
  'iat in an hour': inSeconds('iat', 3600),
  'iat as a text': claims({ iat: '0' }),
  'iat missing': claims({ iat: undefined }),

  // Shapes
  'two parts': shape(([head, body]) => `${head}.${body}`),
  'one part': shape(([head]) => head),
  'four parts': shape((parts) => [...parts, 'e30'].join('.')),
  'five parts, as an encrypted token has': shape((parts) => [...parts, 'e30', 'e30'].join('.')),
  'only dots': () => '..',
  'no claims': shape(([head, , signature]) => `${head}..${signature}`),
  'claims that are no JSON': payload(() => 'claims'),
  'claims that are a list': payload(() => '[]'),
  'claims that are null': payload(() => 'null'),
  'a header that is no JSON': shape(([, body, signature]) => `${base64('header')}.${body}.${signature}`),
  'a header that is a list': shape(([, body, signature]) => `${base64('[]')}.${body}.${signature}`),
  'a signature cut short': shape(([head, body, signature]) => `${head}.${body}.${signature.slice(0, -8)}`),
  'a signature with more after it': shape((parts) => `${parts.join('.')}AAAA`),
  'the signature of another token': (emulator) =>
    [...emulator.issue().split('.').slice(0, 2), emulator.issue().split('.')[2]].join('.'),
  padding: shape((parts) => `${parts.join('.')}==`),
  'as JSON': shape(([head, body, signature]) => JSON.stringify({ protected: head, payload: body, signature })),
  'more than 16 KiB': ({ issue }) => issue({ more: 'x'.repeat(13_000) }),
};
