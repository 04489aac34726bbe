import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSystem, type System } from '../support/system.js';
import { hostileTokens } from './hostileTokens.js';

const id = '7ec79407-9407-7ec7-0794-c77e0794c77e';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

/** All of an answer that a caller can tell from another one's. */
async function answerTo(token: string) {
  const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'the-same' };
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

test('no token, claim or reason stands in the log', () => {
  const { out, err } = system.host.output;
  expect(`${out}${err}`).not.toMatch(/eyJ|e1a7c0de|ERR_J|claim /);
});
