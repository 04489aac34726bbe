import { describe, expect, test } from '@jest/globals';
import { faults } from '../../local/emulator/faults.js';
import type { System } from '../support/system.js';
import { useSystems } from '../support/useSystem.js';
import { identityRows } from './identity.js';
import { leaks, play, samePlatformToken, scaled } from '../support/play.js';

// The identity library caches tokens for the whole process, so that each row needs a process of its own.

const cold = useSystems(scaled);

const identityCalls = ({ emulator }: System) =>
  emulator.requests().filter(({ server }) => server === 'identity').length;

describe('no token can be had', () => {
  test.each(identityRows)('$id', async ({ id, calls }) => {
    const system = await cold({ TOKEN_TIMEOUT_MS: '1500' });
    const { emulator, host } = system;
    const processWide = faults.get(id)?.act.do === 'refuse';
    emulator.arm(processWide ? { fault: id } : { fault: id, times: 'always' });

    const all = await Promise.all(Array.from({ length: 50 }, () => play(system, [])));
    for (const { answer, body, before, after } of all) {
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(body).toMatchObject({
        type: 'urn:model-performance:problem:identity-unavailable',
        outcome: 'not-applied',
        retryAfterSeconds: 5,
      });
      expect(after).toEqual(before);
      expect(leaks(answer.text)).toEqual([]);
    }
    if (calls !== undefined) expect(identityCalls(system)).toBe(calls);
    expect(emulator.requests().filter(({ server }) => server === 'graph')).toEqual([]);
    expect(leaks(host.output.out + host.output.err)).toEqual([]);

    emulator.disarm();
    expect((await play(system, [])).answer.status).toBe(200);
  });

  test('every fault of the identity that the emulator can play has a row', () => {
    const ids = [...faults.values()].filter(({ on }) => on === 'identity').map(({ id }) => id);
    expect(identityRows.map(({ id }) => id)).toEqual(ids.filter((id) => id !== 'F32' && id !== 'F10-same'));
  });
});

describe('a token near its end', () => {
  test('F32 is renewed ahead, and nobody waits for that', async () => {
    const system = await cold();
    const { emulator } = system;
    emulator.arm({ fault: 'F32', lifetimeSeconds: 120 });
    expect((await play(system, [])).answer.status).toBe(200);
    expect(identityCalls(system)).toBe(2);

    // From here on the endpoint hangs, and the token that is held still has its two minutes.
    emulator.arm({ fault: 'F31', times: 'always' });
    expect((await play(system, [])).answer.status).toBe(200);
  });
});

describe('Graph refuses the token', () => {
  test('F09 and the identity has another one: the attempt is made again and not counted', async () => {
    const system = await cold({ MAX_ATTEMPTS: '1' });
    const { answer, writes } = await play(system, [{ fault: 'F09' }]);
    expect(answer.status).toBe(200);
    const [first, second] = writes.map(({ headers }) => headers.authorization);
    expect(second).not.toBe(first);
    expect(writes).toHaveLength(2);
    expect(identityCalls(system)).toBe(2);

    // The library beneath has the new one as well: nothing asks for another.
    expect((await play(system, [])).writes[0]?.headers.authorization).toBe(second);
    expect(identityCalls(system)).toBe(2);
  });

  test('F09 twenty calls at once share one request for another token', async () => {
    const system = await cold();
    await play(system, []);
    const all = await Promise.all(Array.from({ length: 20 }, () => play(system, [{ fault: 'F09', delayMs: 1500 }])));
    expect(all.map(({ answer }) => answer.status)).toEqual(all.map(() => 200));
    expect(identityCalls(system)).toBe(2);
  });

  test('F09 twice, with two tokens: the second refusal is the end', async () => {
    const system = await cold();
    const { body, writes } = await play(system, [{ fault: 'F09', times: 'always' }]);
    expect(body).toMatchObject({ status: 502, error: { code: 'graph-rejected-credentials' }, outcome: 'not-applied' });
    expect(writes).toHaveLength(2);
  });

  test('F10 and the platform gives the same one again: the end, and it is not asked again and again', async () => {
    const system = await cold();
    system.emulator.arm(samePlatformToken);
    const first = await play(system, [{ fault: 'F10', times: 'always' }]);
    const second = await play(system, [{ fault: 'F10', times: 'always' }]);
    for (const { body, writes } of [first, second]) {
      expect(body).toMatchObject({
        status: 502,
        error: { code: 'graph-rejected-credentials' },
        outcome: 'not-applied',
      });
      expect(writes).toHaveLength(1);
    }
    expect(identityCalls(system)).toBe(2);
  });

  test('F10 and the identity fails: the refusal stands', async () => {
    const system = await cold({ TOKEN_TIMEOUT_MS: '1500' });
    await play(system, []);
    system.emulator.arm({ fault: 'F31', times: 'always' });
    const { body, writes } = await play(system, [{ fault: 'F10' }]);
    expect(body).toMatchObject({ status: 502, error: { code: 'graph-rejected-credentials' }, outcome: 'not-applied' });
    expect(writes).toHaveLength(1);
  });
});
