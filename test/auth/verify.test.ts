import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { callers } from '../../local/emulator/constants.js';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { readBearer } from '../../src/auth/bearer.js';
import type { Caller } from '../../src/auth/caller.js';
import { createKeySetReader } from '../../src/auth/keySet.js';
import { createSigningKeys } from '../../src/auth/signingKeys.js';
import { createVerifier } from '../../src/auth/verify.js';
import { Problem } from '../../src/problem.js';
import { entraOf } from '../support/entra.js';
import { hostileTokens } from './hostileTokens.js';

const startMs = Date.UTC(2026, 0, 15, 12);

let emulator: Emulator;
let nowMs = startMs;
let verify: (token: string) => Promise<Caller>;

beforeAll(async () => {
  emulator = await startEmulator();
  const entra = entraOf(emulator);
  const findKey = createSigningKeys({ read: createKeySetReader(entra), ...entra.signingKeys });
  verify = createVerifier(entra, findKey, () => nowMs);
});
afterAll(() => emulator.close());

/** Who calls with this token, or the problem. */
async function callerOrProblem(token: string): Promise<Caller | Problem> {
  try {
    const headers = new Headers({ authorization: `Bearer ${token}` });
    return await verify(readBearer({ headers }));
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** What became of a token: its caller, or why it was refused. */
async function judge(token: string): Promise<Caller | string> {
  const judged = await callerOrProblem(token);
  return judged instanceof Problem ? `${judged.code}: ${String(judged.more.cause)}` : judged;
}

describe('the caller', () => {
  const at = { nbf: startMs / 1000, iat: startMs / 1000, exp: startMs / 1000 + 3599 };

  test('is an application, with its ids and roles', async () => {
    const { clientId, objectId, roles } = callers.write;
    expect(await verify(emulator.issue(at))).toEqual({
      appId: clientId,
      objectId,
      roles,
      delegated: false,
      scopes: [],
    });
  });

  test('is an application for a person, of whom only the object id is kept', async () => {
    const person = { name: 'A Person', preferred_username: 'person@contoso.example', email: 'person@contoso.example' };
    const caller = await verify(emulator.issue({ ...at, ...person, oid: 'person', scp: 'access_as_user profile' }));
    expect(caller).toMatchObject({ objectId: 'person', delegated: true, scopes: ['access_as_user', 'profile'] });
    expect(JSON.stringify(caller)).not.toMatch(/A Person|contoso/);
  });

  test.each([
    ['no roles', { roles: undefined }, { roles: [] }],
    ['no object id', { oid: undefined }, { appId: callers.write.clientId }],
    ['the type of an application', { idtyp: 'app' }, { delegated: false }],
    ['the type of a person', { idtyp: 'user', scp: 'access_as_user' }, { delegated: true }],
    ['an empty scope', { scp: '' }, { delegated: true, scopes: [''] }],
  ])('may have %s', async (_, claims, caller) => {
    expect(await verify(emulator.issue({ ...at, ...claims }))).toMatchObject(caller);
  });
});

describe('times, with 60 s of leeway (F64)', () => {
  const start = startMs / 1000;
  const claims = { nbf: start, iat: start, exp: start + 3600 };
  const taken: unknown = expect.objectContaining({ appId: callers.write.clientId });

  test.each([
    ['a minute before nbf', -60_000, taken],
    ['a second earlier', -61_000, 'invalid-token: claim nbf'],
    ['a minute after exp, less a millisecond', 3_659_999, taken],
    ['a minute after exp', 3_660_000, 'invalid-token: claim exp'],
  ])('%s', async (_, offsetMs, answer) => {
    nowMs = startMs + offsetMs;
    const judged = await judge(emulator.issue(claims));
    nowMs = startMs;
    expect(judged).toEqual(answer);
  });

  test.each([
    ['nbf', 60, taken],
    ['nbf', 61, 'invalid-token: claim nbf'],
    ['iat', 60, taken],
    ['iat', 61, 'invalid-token: claim iat'],
    ['exp', -59, taken],
    ['exp', -60, 'invalid-token: claim exp'],
  ])('%s %i s from now', async (name, seconds, answer) => {
    expect(await judge(emulator.issue({ ...claims, [name]: start + seconds }))).toEqual(answer);
  });

  const early: unknown = expect.stringMatching(/^The token is not valid yet by this machine’s clock/);
  const late: unknown = expect.stringMatching(/^The token has expired by this machine’s clock/);
  test.each<[string, object, unknown]>([
    ['nbf is to come', { nbf: start + 600 }, early],
    ['iat is to come', { iat: start + 600 }, early],
    ['exp is past', { exp: start - 600 }, late],
    ['exp is a text', { exp: '9999999999' }, undefined],
    ['nbf is a text', { nbf: 'now' }, undefined],
    ['nbf is missing', { nbf: undefined }, undefined],
    ['iat is missing', { iat: undefined }, undefined],
    ['another claim is wrong', { ver: '1.0' }, undefined],
    ['it is for another audience, and old', { aud: 'another', exp: start - 600 }, undefined],
  ])('what the log says when %s', async (_, changes, note) => {
    const judged = await callerOrProblem(emulator.issue({ ...claims, ...changes }));
    if (!(judged instanceof Problem)) throw new Error('It was taken.');
    expect(judged.more.note).toEqual(note);
  });
});

describe('the reason', () => {
  const claim = /^(aud|iss|tid|ver|azp|oid|roles|scp|exp|nbf|iat|idtyp) /;
  const named = Object.entries(hostileTokens).filter(([name]) => claim.test(name));

  test.each(named)('of "%s" is that claim, without its value', async (name, make) => {
    nowMs = Date.now();
    const judged = await judge(make(emulator));
    nowMs = startMs;
    expect(judged).toBe(`invalid-token: claim ${claim.exec(name)?.[1] ?? ''}`);
  });

  test('of the others is a name too', async () => {
    nowMs = Date.now();
    const judged = await Promise.all(Object.values(hostileTokens).map((make) => judge(make(emulator))));
    nowMs = startMs;
    for (const one of judged) expect(one).toMatch(/^invalid-token: ((claim|header) \w+|header|ERR_\w+)$/);
  });
});

describe('any change of one byte is refused', () => {
  const at = { nbf: startMs / 1000, iat: startMs / 1000, exp: startMs / 1000 + 3599 };
  const parts = () => emulator.issue(at).split('.') as [string, string, string];
  const change = (text: string, position: number, by: number) => {
    const bytes = Buffer.from(text, 'base64url');
    const index = position % bytes.length;
    bytes[index] = (bytes[index] ?? 0) ^ by;
    return bytes.toString('base64url');
  };

  test.each([
    ['header', 0],
    ['payload', 1],
    ['signature', 2],
  ] as const)('in the %s', async (_, part) => {
    const good = parts();
    expect(await judge(good.join('.'))).toMatchObject({ appId: callers.write.clientId });
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (position, by) => {
        const bad = [...good];
        bad[part] = change(good[part], position, by);
        expect(await judge(bad.join('.'))).toMatch(/^invalid-token: /);
      }),
      { numRuns: 300 },
    );
  });

  // In the signature the text's last character has spare bits: there the bytes count, above.
  test.each([
    ['header', 0],
    ['payload', 1],
  ] as const)('and any change of a character in the text of the %s', async (_, part) => {
    const good = parts();
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .'.split('');
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...letters), async (position, letter) => {
        const text = good[part];
        const index = position % text.length;
        fc.pre(text[index] !== letter);
        const bad = [...good];
        bad[part] = `${text.slice(0, index)}${letter}${text.slice(index + 1)}`;
        expect(await judge(bad.join('.'))).toMatch(/^invalid-token: /);
      }),
      { numRuns: 300 },
    );
  });
});
