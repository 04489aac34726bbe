import { expect } from '@jest/globals';
import { callers, tenantId } from '../../local/emulator/constants.js';
import type { ArmedFault } from '../../local/emulator/armory.js';
import type { Emulator } from '../../local/emulator/emulator.js';
import { attacker, currentKey, foreign, forge, hmac, secondsNow, signed, unsigned } from '../support/forge.js';
import type { Sent } from '../support/host-fixture/process.js';

/** One way in which somebody calls who may not, or in which that cannot be told; and what the caller then gets. */
export interface CallerRow {
  /** Begins with the row's id in the list of faults. */
  readonly id: string;
  /** What the call shows of its caller. */
  readonly headers: (emulator: Emulator) => Sent['headers'];
  /** A system of its own with these settings, which has seen no token yet; else the rows share one that has. */
  readonly own?: Record<string, string>;
  /** A good caller comes first, so that keys are held. */
  readonly warm?: true;
  readonly armed?: readonly ArmedFault[];
  /** How often the call is made; once by default. */
  readonly times?: number;
  readonly expect: {
    readonly status: number;
    readonly code?: string;
    /** Parts of the text that a person reads. */
    readonly message?: readonly string[];
    readonly challenge?: string;
    /** What the header holds. */
    readonly retryAfter?: unknown;
    /** How often the issuer was asked for its keys, over the whole row. */
    readonly keyRequests?: number;
  };
}

const none = { status: 401, code: 'unauthenticated', challenge: 'Bearer realm="model-performance"' };
const bad = {
  status: 401,
  code: 'invalid-token',
  challenge: 'Bearer realm="model-performance", error="invalid_token"',
};
const forbidden = {
  status: 403,
  code: 'forbidden',
  message: ['ModelPerformance.Write'],
  challenge: 'Bearer realm="model-performance", error="insufficient_scope"',
};
const noKeys = {
  status: 503,
  code: 'signing-keys-unavailable',
  retryAfter: expect.stringMatching(/^[1-9]\d*$/) as unknown,
} as const;
const good = { status: 200 };

const bearer = (token: (emulator: Emulator) => string) => (emulator: Emulator) => ({
  authorization: `Bearer ${token(emulator)}`,
});
const claims = (changes: object) => bearer(({ issue }) => issue({ ...changes }));
const header = (changes: object) => bearer(({ issue }) => issue({}, { ...changes }));
const timed = (claim: string, seconds: number) => bearer(({ issue }) => issue({ [claim]: secondsNow() + seconds }));

/** What App Service would say of a signed-in administrator. */
const principal = Buffer.from(
  JSON.stringify({
    auth_typ: 'aad',
    claims: [
      { typ: 'roles', val: 'ModelPerformance.Write' },
      { typ: 'azp', val: callers.write.clientId },
      { typ: 'http://schemas.microsoft.com/identity/claims/tenantid', val: tenantId },
    ],
    role_typ: 'roles',
  }),
).toString('base64');

const always = (fault: string) => [{ fault, times: 'always' as const }];
/** Asks the issuer at every occasion. */
const restless = { SIGNING_KEYS_COOLDOWN_MS: '1', SIGNING_KEYS_REFRESH_MS: '1' };
/** Asks the issuer once in a test, however slow the machine is. */
const patient = { SIGNING_KEYS_COOLDOWN_MS: '3600000' };
const unknownKey = header({ kid: 'nobody' });
const ofWrite = bearer(({ issue }) => issue());

export const callerRows: readonly CallerRow[] = [
  { id: 'F60 no token', headers: () => ({}), expect: none },
  { id: 'F60 another scheme', headers: () => ({ authorization: 'Basic dXNlcjpwYXNz' }), expect: none },

  { id: 'F61 a forged principal', headers: () => ({ 'x-ms-client-principal': principal }), expect: none },
  { id: 'F61 with underscores', headers: () => ({ X_MS_CLIENT_PRINCIPAL: principal }), expect: none },
  { id: 'F61 doubled', headers: () => ({ 'X-MS-CLIENT-PRINCIPAL': [principal, principal] }), expect: none },
  {
    id: 'F61 with its companions',
    headers: () => ({
      'x-ms-client-principal': principal,
      'x-ms-client-principal-id': callers.write.objectId,
      'x-ms-client-principal-idp': 'aad',
      'x-ms-client-principal-name': 'administrator',
    }),
    expect: none,
  },
  {
    id: 'F61 beside a token with fewer rights',
    headers: ({ issue }) => ({
      authorization: `Bearer ${issue({ roles: ['ModelPerformance.Read'] })}`,
      'x-ms-client-principal': principal,
    }),
    expect: forbidden,
  },

  { id: 'F62 alg none', headers: bearer((emulator) => forge(emulator, { alg: 'none' }, unsigned)), expect: bad },
  { id: 'F62 alg None', headers: bearer((emulator) => forge(emulator, { alg: 'None' }, unsigned)), expect: bad },
  {
    id: 'F62 HS256 with the public key',
    headers: bearer((emulator) => forge(emulator, { alg: 'HS256' }, hmac('sha256', currentKey(emulator).publicPem))),
    expect: bad,
  },
  {
    id: 'F62 another key under a genuine kid',
    headers: bearer((emulator) => forge(emulator, {}, signed('sha256', attacker.privateKey))),
    expect: bad,
  },
  ...['jku', 'x5u'].map((name) => ({
    id: `F62 ${name}`,
    headers: bearer((emulator: Emulator) =>
      forge(
        emulator,
        { kid: 'attacker', [name]: `${emulator.identityUrl}/keys` },
        signed('sha256', attacker.privateKey),
      ),
    ),
    expect: bad,
  })),
  { id: 'F62 crit', headers: header({ crit: ['exp'], exp: 1 }), expect: bad },
  { id: 'F62 kid missing', headers: header({ kid: undefined }), expect: bad },
  { id: 'F62 kid as a path', headers: header({ kid: '../../dev/null' }), expect: bad },

  { id: 'F63 another audience', headers: claims({ aud: callers.read.clientId }), expect: bad },
  { id: 'F63 another issuer', headers: claims({ iss: 'https://login.example/v2.0' }), expect: bad },
  { id: 'F63 another tenant', headers: claims({ tid: callers.read.clientId }), expect: bad },
  { id: 'F63 an ID token', headers: bearer(foreign.idToken), expect: bad },
  { id: 'F63 a token of version 1.0', headers: bearer(foreign.versionOne), expect: bad },
  { id: 'F63 a token for Graph', headers: bearer(foreign.graph), expect: bad },

  { id: 'F64 expired', headers: timed('exp', -61), expect: bad },
  { id: 'F64 expired, within the leeway', headers: timed('exp', -20), expect: good },
  { id: 'F64 not yet valid', headers: timed('nbf', 120), expect: bad },
  { id: 'F64 not yet valid, within the leeway', headers: timed('nbf', 55), expect: good },
  { id: 'F64 exp as a text', headers: claims({ exp: '9999999999' }), expect: bad },
  { id: 'F64 exp missing', headers: claims({ exp: undefined }), expect: bad },

  { id: 'F65 no role', headers: claims({ roles: undefined }), expect: forbidden },
  { id: 'F65 the smaller role', headers: claims({ roles: ['ModelPerformance.Read'] }), expect: forbidden },
  { id: 'F65 a role in another spelling', headers: claims({ roles: ['modelperformance.write'] }), expect: forbidden },
  {
    id: 'F65 a client that is not on the list',
    own: { ENTRA_ALLOWED_CLIENT_IDS: callers.read.clientId },
    headers: ofWrite,
    expect: forbidden,
  },
  {
    id: 'F65 a client that is on the list',
    own: { ENTRA_ALLOWED_CLIENT_IDS: `${callers.read.clientId},${callers.write.clientId}` },
    headers: ofWrite,
    expect: good,
  },
  { id: 'F63 a person’s token without scopes', headers: claims({ idtyp: 'user' }), expect: bad },
  { id: 'F65 delegated without the scope', headers: claims({ scp: 'User.Read' }), expect: forbidden },
  { id: 'F65 delegated with a longer scope', headers: claims({ scp: 'access_as_user2' }), expect: forbidden },
  {
    id: 'F65 delegated without a role',
    headers: claims({ scp: 'access_as_user', roles: undefined }),
    expect: forbidden,
  },
  { id: 'F65 delegated with scope and role', headers: claims({ scp: 'profile access_as_user' }), expect: good },

  {
    id: 'F66 a flood of unknown key ids',
    own: patient,
    warm: true,
    headers: unknownKey,
    times: 50,
    expect: { ...bad, keyRequests: 1 },
  },
  {
    id: 'F66 a flood while the key endpoint is down',
    own: { SIGNING_KEYS_COOLDOWN_MS: '1' },
    warm: true,
    armed: always('keys-down'),
    headers: unknownKey,
    times: 10,
    expect: bad,
  },
  {
    id: 'F66 a flood before any key is held',
    own: patient,
    armed: always('keys-down'),
    headers: unknownKey,
    times: 50,
    expect: { ...noKeys, keyRequests: 1 },
  },

  ...['keys-down', 'keys-html', 'keys-redirect', 'metadata-down', 'metadata-reset'].map((fault) => ({
    id: `F67 ${fault} with keys`,
    own: restless,
    warm: true as const,
    armed: always(fault),
    headers: ofWrite,
    times: 3,
    expect: good,
  })),
  {
    id: 'F67 keys-slow with keys',
    own: { ...restless, SIGNING_KEYS_TIMEOUT_MS: '500' },
    warm: true,
    armed: always('keys-slow'),
    headers: ofWrite,
    times: 3,
    expect: good,
  },
  ...['keys-down', 'keys-html', 'metadata-empty'].map((fault) => ({
    id: `F67 ${fault} without keys`,
    own: {},
    armed: always(fault),
    headers: ofWrite,
    expect: noKeys,
  })),
  {
    id: 'F67 keys-slow without keys',
    own: { SIGNING_KEYS_TIMEOUT_MS: '500' },
    armed: always('keys-slow'),
    headers: ofWrite,
    expect: noKeys,
  },
];
