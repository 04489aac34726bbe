import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { createKeySetReader } from '../../src/auth/keySet.js';
import { createSigningKeys } from '../../src/auth/signingKeys.js';
import { createVerifier } from '../../src/auth/verify.js';
import { Problem } from '../../src/problem.js';
import { entraOf, keyRequests } from '../support/entra.js';
import { currentKey } from '../support/forge.js';
import { until } from '../support/until.js';

const [second, hour] = [1_000, 3_600_000];

let emulator: Emulator;
let nowMs = 0;
let judge: (token: string) => Promise<string>;

/** A verifier whose keys live on the test's clock. */
function start(environment: Record<string, string> = {}) {
  const entra = entraOf(emulator, environment);
  const read = createKeySetReader(entra);
  const verify = createVerifier(entra, createSigningKeys({ read, ...entra.signingKeys, now: () => nowMs }));
  return async (token: string) => {
    try {
      await verify(token);
      return 'good';
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { retryAfterSeconds } = error.more;
      return retryAfterSeconds === undefined ? error.code : `${error.code}, ${retryAfterSeconds} s`;
    }
  };
}

beforeEach(async () => {
  emulator = await startEmulator();
  nowMs = 1_000 * second;
  judge = start();
});
afterEach(() => emulator.close());

const down = () => {
  emulator.arm({ fault: 'keys-down', times: 'always' });
};
const unknown = () => emulator.issue({}, { kid: Math.random().toString(36) });
/** Waits for what the background has begun: the next request of somebody with an unknown key waits for it. */
const settled = () => judge(unknown());

/** Resolves as soon as the issuer has been asked so often; nothing but the background may be asking. */
async function askedForKeys(times: number): Promise<void> {
  await until(`${times} requests for keys`, () => keyRequests(emulator) >= times, { everyMs: 1 });
}

describe('a flood of unknown key ids (F66)', () => {
  test('makes at most one key request in 30 s', async () => {
    for (let at = 0; at < 95; at++) {
      expect(await Promise.all([judge(unknown()), judge(unknown())])).toEqual(['invalid-token', 'invalid-token']);
      nowMs += second;
    }
    const times = keyRequests(emulator);
    expect(times).toBe(4);
    expect(await judge(emulator.issue())).toBe('good');
    expect(keyRequests(emulator)).toBe(4);
  });

  test('is 401 while the endpoint is down, at the same rate, and hurts no good caller', async () => {
    expect(await judge(emulator.issue())).toBe('good');
    down();
    nowMs += 30 * second;
    for (let at = 0; at < 60; at++) {
      expect(await judge(unknown())).toBe('invalid-token');
      expect(await judge(emulator.issue())).toBe('good');
      nowMs += second;
    }
    expect(keyRequests(emulator)).toBe(3);
  });

  test('without any key is 503 with the rest of the cooldown, at the same rate', async () => {
    down();
    expect(await judge(unknown())).toBe('signing-keys-unavailable, 30 s');
    nowMs += 12 * second;
    expect(await judge(emulator.issue())).toBe('signing-keys-unavailable, 18 s');
    nowMs += 17.5 * second;
    expect(await judge(emulator.issue())).toBe('signing-keys-unavailable, 1 s');
    expect(keyRequests(emulator)).toBe(1);
    emulator.disarm();
    nowMs += 0.5 * second;
    expect(await judge(emulator.issue())).toBe('good');
    expect(keyRequests(emulator)).toBe(2);
  });
});

test('fifty callers at once make one key request', async () => {
  const judged = await Promise.all(Array.from({ length: 50 }, () => judge(emulator.issue())));
  expect(new Set(judged)).toEqual(new Set(['good']));
  expect(keyRequests(emulator)).toBe(1);
});

describe('a key that is new', () => {
  test('is fetched when it first appears, once the cooldown has passed', async () => {
    expect(await judge(emulator.issue())).toBe('good');
    const old = emulator.issue();
    await emulator.rotateKeys();
    nowMs += 29 * second;
    expect(await judge(emulator.issue())).toBe('invalid-token');
    nowMs += second;
    expect(await judge(emulator.issue())).toBe('good');
    expect(await judge(old)).toBe('good');
    expect(keyRequests(emulator)).toBe(2);
  });

  test('ends the withdrawn ones', async () => {
    const old = emulator.issue();
    expect(await judge(old)).toBe('good');
    await emulator.rotateKeys({ withdrawOld: true });
    nowMs += hour;
    expect(await judge(emulator.issue())).toBe('good');
    expect(await judge(old)).toBe('invalid-token');
  });
});

describe('keys that grow old (F67)', () => {
  beforeEach(async () => {
    expect(await judge(emulator.issue())).toBe('good');
  });

  test('serve without a request for an hour', async () => {
    nowMs += hour - 1;
    expect(await judge(emulator.issue())).toBe('good');
    expect(keyRequests(emulator)).toBe(1);
  });

  test('are renewed in the background by whoever comes next', async () => {
    const old = emulator.issue();
    await emulator.rotateKeys({ withdrawOld: true });
    nowMs += hour;
    expect(await judge(old)).toBe('good');
    await askedForKeys(2);
    expect(await settled()).toBe('invalid-token');
    expect(await judge(old)).toBe('invalid-token');
    expect(keyRequests(emulator)).toBe(2);
  });

  // Whoever waited here would wait for ten minutes.
  test('serve on while their renewal hangs', async () => {
    judge = start({ SIGNING_KEYS_TIMEOUT_MS: '600000' });
    expect(await judge(emulator.issue())).toBe('good');
    emulator.arm({ fault: 'keys-slow' });
    nowMs += hour;
    expect(await judge(emulator.issue())).toBe('good');
    await askedForKeys(3);
    expect(await judge(emulator.issue())).toBe('good');
    expect(keyRequests(emulator)).toBe(3);
  });

  test('serve for 24 h while the endpoint is down, and no longer', async () => {
    down();
    nowMs += 24 * hour - 1;
    expect(await judge(emulator.issue())).toBe('good');
    await settled();
    nowMs += 1;
    expect(await judge(emulator.issue())).toBe('signing-keys-unavailable, 30 s');
    emulator.disarm();
    nowMs += 30 * second;
    expect(await judge(emulator.issue())).toBe('good');
  });

  test('are renewed by whoever comes first after a long silence, who waits for it', async () => {
    nowMs += 30 * hour;
    expect(await judge(emulator.issue())).toBe('good');
    expect(keyRequests(emulator)).toBe(2);
  });
});

describe('an issuer in trouble', () => {
  const places = ['keys', 'metadata'] as const;
  const kinds = ['down', 'slow', 'html', 'empty', 'redirect', 'reset'] as const;
  const faults = places.flatMap((place) => kinds.map((kind) => `${place}-${kind}`));

  beforeEach(() => {
    judge = start({ SIGNING_KEYS_TIMEOUT_MS: '500' });
  });

  test.each(faults)('%s is 503 when no keys are held', async (fault) => {
    emulator.arm({ fault });
    expect(await judge(emulator.issue())).toBe('signing-keys-unavailable, 30 s');
    nowMs += 30 * second;
    expect(await judge(emulator.issue())).toBe('good');
  });

  test.each(faults)('%s leaves the keys that are held as they are', async (fault) => {
    expect(await judge(emulator.issue())).toBe('good');
    emulator.arm({ fault });
    nowMs += 2 * hour;
    expect(await judge(emulator.issue())).toBe('good');
    expect(await settled()).toBe('invalid-token');
    expect(emulator.armed()).toEqual([]);
    expect(await judge(emulator.issue())).toBe('good');
    expect(emulator.requests().filter(({ server }) => server === 'elsewhere')).toEqual([]);
  });
});

describe('a configuration or key set that must not be believed', () => {
  const elsewhere = (port: number) => `http://127.0.0.1:${port}`;

  /** Judges a good token with an issuer of the test's own making in front of the emulator. */
  async function judgedBehind(change: {
    configuration?: (content: Record<string, unknown>, root: string) => object;
    keys?: (keys: Record<string, unknown>[], root: string) => unknown;
  }) {
    const server = createServer((request, response) => {
      const root = elsewhere((server.address() as AddressInfo).port);
      const isKeys = request.url?.endsWith('/keys') ?? false;
      const { publicJwk } = currentKey(emulator);
      const configuration = { issuer: `${root}/${emulator.tenantId}/v2.0`, jwks_uri: `${root}/keys` };
      const content = isKeys
        ? { keys: change.keys ? change.keys([{ ...publicJwk }], root) : [publicJwk] }
        : (change.configuration?.(configuration, root) ?? configuration);
      response.end(JSON.stringify(content));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const identityUrl = elsewhere((server.address() as AddressInfo).port);
    judge = start({ ENTRA_ROOT: identityUrl });
    const judged = await judge(emulator.issue({ iss: `${identityUrl}/${emulator.tenantId}/v2.0` }));
    server.close();
    return judged;
  }

  test('an honest one is believed', async () => {
    expect(await judgedBehind({})).toBe('good');
  });

  test.each([
    ['another issuer', () => ({ issuer: 'https://login.example/v2.0' })],
    ['the issuer of all tenants', (root: string) => ({ issuer: `${root}/{tenantid}/v2.0` })],
    ['keys on another host', () => ({ jwks_uri: `${emulator.identityUrl}/${emulator.tenantId}/discovery/v2.0/keys` })],
    ['keys on a host that begins alike', (root: string) => ({ jwks_uri: `${root}0/keys` })],
    ['keys behind a name', (root: string) => ({ jwks_uri: root.replace('//', '//login@') + '/keys' })],
    ['no address of keys', () => ({ jwks_uri: undefined })],
    ['an address that is no text', (root: string) => ({ jwks_uri: [`${root}/keys`] })],
    ['more than 256 KiB', () => ({ more: 'x'.repeat(256 * 1024) })],
  ])('%s', async (_, changes) => {
    const configuration = (content: Record<string, unknown>, root: string) => ({ ...content, ...changes(root) });
    expect(await judgedBehind({ configuration })).toBe('signing-keys-unavailable, 30 s');
    expect(keyRequests(emulator)).toBe(0);
  });

  const changed = (changes: object) => (keys: Record<string, unknown>[]) => keys.map((key) => ({ ...key, ...changes }));
  test.each([
    ['a key of another issuer', changed({ issuer: 'https://login.microsoftonline.com/consumers/v2.0' })],
    ['a key for encryption', changed({ use: 'enc' })],
    ['a key with a use that is no text', changed({ use: ['sig'] })],
    ['a key for another algorithm', changed({ alg: 'RS512' })],
    ['a key for the same hash with another padding', changed({ alg: 'PS256' })],
    ['a key that may only sign', changed({ key_ops: ['sign'] })],
    ['a key that may do nothing', changed({ key_ops: [] })],
    ['a key whose operations are a text', changed({ key_ops: 'verify' })],
    ['a public exponent of 3', changed({ e: 'Aw' })],
    ['a public exponent of 65535', changed({ e: 'AP__' })],
    ['a public exponent that is none', changed({ e: 'AQAB ' })],
    ['a modulus of 2047 bits', changed({ n: Buffer.alloc(256, 0x7f).toString('base64url') })],
    ['a modulus of 1024 bits', changed({ n: Buffer.alloc(128, 0xff).toString('base64url') })],
    ['a short modulus behind many zeros', changed({ n: Buffer.alloc(300).fill(0xff, 200).toString('base64url') })],
    ['a modulus that is a number', changed({ n: 5 })],
    ['a key without an id', changed({ kid: undefined })],
    ['a shared secret', changed({ kty: 'oct', k: 'c2VjcmV0' })],
    ['no key at all', () => []],
    ['a list that is none', () => 'keys'],
    ['entries that are none', () => [null, 1, 'key']],
  ])('%s', async (_, keys) => {
    expect(await judgedBehind({ keys })).toBe('signing-keys-unavailable, 30 s');
  });

  test.each([
    ['its own issuer', (_: string, root: string) => `${root}/${emulator.tenantId}/v2.0`],
    ['the issuer of all tenants', (_: string, root: string) => `${root}/{tenantid}/v2.0`],
  ])('a key that names %s is believed', async (_, issuer) => {
    const keys = (all: Record<string, unknown>[], root: string) =>
      all.map((key) => ({ ...key, issuer: issuer('', root) }));
    expect(await judgedBehind({ keys })).toBe('good');
  });

  test.each([{ use: undefined }, { alg: 'RS256' }, { key_ops: ['verify'] }, { use: 'sig', alg: 'RS256' }])(
    'a key that says %j of its purpose is believed',
    async (changes) => {
      expect(await judgedBehind({ keys: changed(changes) })).toBe('good');
    },
  );

  test('entries that are none lose nobody the others', async () => {
    expect(await judgedBehind({ keys: (all) => [null, 1, {}, ...all] })).toBe('good');
  });

  test('a key that cannot be used refuses its tokens', async () => {
    const n = Buffer.alloc(256, 0xff).toString('base64url');
    expect(await judgedBehind({ keys: changed({ n }) })).toBe('invalid-token');
  });
});

test('whoever remembers what the keys vouched for is told when they were read, and not when they could not be', async () => {
  const { signingKeys } = entraOf(emulator);
  let changes = 0;
  const keys = createSigningKeys({
    ...signingKeys,
    read: createKeySetReader(entraOf(emulator)),
    changed: () => (changes += 1),
    now: () => nowMs,
  });
  const known = { alg: 'RS256', kid: emulator.signingKeys()[0]?.kid ?? '' };
  await keys(known);
  await keys(known);
  expect(changes).toBe(1);
  down();
  nowMs += 31 * second;
  await expect(keys({ alg: 'RS256', kid: 'other' })).rejects.toThrow();
  expect(changes).toBe(1);
  emulator.disarm();
  nowMs += 31 * second;
  await expect(keys({ alg: 'RS256', kid: 'other' })).rejects.toThrow();
  expect(changes).toBe(2);
});
