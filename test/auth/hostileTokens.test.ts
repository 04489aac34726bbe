import { describe, expect, test } from '@jest/globals';
import { useSystem } from '../support/useSystem.js';
import { secondsNow } from '../support/forge.js';
import { hostileTokens } from './hostileTokens.js';

const id = '7ec79407-9407-7ec7-0794-c77e0794c77e';

const system = useSystem();

/** All of an answer that a caller can tell from another one's. */
async function answerTo(token: string, requestId = 'the-same') {
  const headers = { authorization: `Bearer ${token}`, 'x-request-id': requestId };
  const { status, text, headers: all } = await system.patch(id, { windowsScore: 1 }, headers);
  const { date, 'x-ms-invocation-id': invocation, ...same } = all;
  expect([date, invocation]).not.toContain(undefined);
  return { status, text, headers: same };
}

test('the table holds at least sixty tokens, and a good one of the same issuer is taken', async () => {
  expect(Object.keys(hostileTokens).length).toBeGreaterThanOrEqual(60);
  expect(await answerTo(system.emulator.issue())).toMatchObject({ status: 200 });
});

test.each(Object.entries(hostileTokens))('%s', async (_, make) => {
  const before = system.emulator.requests({ method: 'PATCH' }).length;
  const answer = await answerTo(make(system.emulator));
  expect(answer).toEqual(await answerTo('e30.e30.e30'));
  expect(answer).toMatchObject({
    status: 401,
    headers: {
      'www-authenticate': 'Bearer realm="model-performance", error="invalid_token"',
      'x-ms-error-code': 'invalid-token',
    },
  });
  expect(system.emulator.requests({ method: 'PATCH' })).toHaveLength(before);
});

describe('a token of a clock that is ten minutes off (F64)', () => {
  const hour = 3600;
  const issuedIn = (seconds: number) => {
    const start = secondsNow() + seconds;
    return { iat: start, nbf: start, exp: start + hour };
  };
  /** Longer than its hour, kept by a caller whose clock is slow. */
  const kept = -hour - 600;

  test.each<[string, Record<string, unknown>, unknown]>([
    ['fast', issuedIn(600), expect.stringMatching(/not valid yet by this machine’s clock/)],
    ['slow', issuedIn(kept), expect.stringMatching(/has expired by this machine’s clock/)],
    ['no', { exp: 'soon' }, undefined],
  ])('%s clock: the log names it, and the answer is as for any other', async (name, claims, note) => {
    const { status, text } = await answerTo(system.emulator.issue(claims), `clock-${name}`);
    const plain = await answerTo('e30.e30.e30', `clock-${name}`);
    expect({ status, text }).toEqual({ status: 401, text: plain.text });
    await system.host.printed(`clock-${name}`);
    const { out, err } = system.host.output;
    const [line = '{}'] = new RegExp(`\\{"problem":.*"clock-${name}".*\\}`).exec(`${out}${err}`) ?? [];
    const logged = JSON.parse(line) as { note?: string };
    expect(logged).toMatchObject({ problem: 'invalid-token', status: 401 });
    expect(logged.note).toEqual(note);
  });
});

test('no token or claim stands in the log, and no reason but a clock', () => {
  const { out, err } = system.host.output;
  expect(`${out}${err}`).not.toMatch(/eyJ|e1a7c0de|ERR_J|claim /);
});
