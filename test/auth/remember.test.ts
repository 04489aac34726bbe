import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../../src/auth/caller.js';
import { rememberCallers } from '../../src/auth/remember.js';

const caller: Caller = { appId: 'a', roles: [], delegated: false, scopes: [] };
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenUntil = (exp: number, name = '') => `${part({ alg: 'RS256' })}.${part({ exp, name })}.x`;

/** A memory on a clock of its own, and how often a token was really checked. */
function open(limit?: number) {
  const world = { nowMs: 1_000_000, checks: 0, meanwhile: () => undefined as unknown };
  const memory = rememberCallers(
    () => {
      world.checks += 1;
      world.meanwhile();
      return Promise.resolve(caller);
    },
    limit,
    () => world.nowMs,
  );
  const checksOf = async (token: string) => {
    const before = world.checks;
    expect(await memory.verify(token)).toBe(caller);
    return world.checks - before;
  };
  return { world, memory, checksOf };
}

const longLived = tokenUntil(10_000);

describe('a token that was found good is not checked again', () => {
  test.each([
    { afterMs: 0, checks: 0 },
    { afterMs: 299_999, checks: 0 },
    { afterMs: 300_000, checks: 1 },
    { afterMs: -1, checks: 1 },
  ])('$afterMs ms later: checks $checks', async ({ afterMs, checks }) => {
    const { world, checksOf } = open();
    expect(await checksOf(longLived)).toBe(1);
    world.nowMs += afterMs;
    expect(await checksOf(longLived)).toBe(checks);
  });

  test.each([
    { afterMs: 1_999, checks: 0 },
    { afterMs: 2_000, checks: 1 },
  ])('never past its exp: $afterMs ms later, 2 s before it ends: checks $checks', async ({ afterMs, checks }) => {
    const { world, checksOf } = open();
    const token = tokenUntil(1_002);
    await checksOf(token);
    world.nowMs += afterMs;
    expect(await checksOf(token)).toBe(checks);
  });

  test('the memory does not grow longer by being used', async () => {
    const { world, checksOf } = open();
    await checksOf(longLived);
    world.nowMs += 200_000;
    await checksOf(longLived);
    world.nowMs += 100_000;
    expect(await checksOf(longLived)).toBe(1);
  });
});

describe('a token is checked again', () => {
  test('when any character of it is another', async () => {
    const { checksOf } = open();
    await checksOf(longLived);
    expect(await checksOf(`${longLived}x`)).toBe(1);
  });

  test('when keys changed, also when they changed during its check', async () => {
    const { world, memory, checksOf } = open();
    await checksOf(longLived);
    memory.forget();
    world.meanwhile = memory.forget;
    expect(await checksOf(longLived)).toBe(1);
    expect(await checksOf(longLived)).toBe(1);
  });

  test('when so many others came that it had to make room', async () => {
    const { checksOf } = open(2);
    const tokens = ['one', 'two', 'three'].map((name) => tokenUntil(10_000, name));
    for (const token of tokens) await checksOf(token);
    const again: number[] = [];
    for (const token of tokens.toReversed()) again.push(await checksOf(token));
    expect(again).toEqual([0, 0, 1]);
  });

  test('when it was refused', async () => {
    let checks = 0;
    const refusing = rememberCallers(() => Promise.reject(new Error(`refused ${++checks}`)));
    await expect(refusing.verify(longLived)).rejects.toThrow('refused 1');
    await expect(refusing.verify(longLived)).rejects.toThrow('refused 2');
  });
});
