import { describe, expect, test } from '@jest/globals';
import { json } from '../support/host-fixture/process.js';
import { play, scaled, wanted } from '../support/play.js';
import { useSystem, useSystems } from '../support/useSystem.js';

// What Graph shows after a write decides what the caller hears: these are the cases that the table of faults has no column for.

const start = useSystems(scaled);

describe('F16b a write that is stored at once and shown late', () => {
  const patient = useSystem({ ...scaled, READ_BACK_DELAYS_MS: '0,50,700' });

  test.each(['F16b-200', 'F16b-204'])('%s: the last look shows it', async (fault) => {
    const { answer, body, after } = await play(patient, [{ fault, delayMs: 500 }]);
    expect({ status: answer.status, body }).toMatchObject({ status: 200, body: { model: wanted.model } });
    expect(after.model).toBe(wanted.model);
  });

  test.each(['F16b-200', 'F16b-204'])('%s: never told not-applied when no look shows it', async (fault) => {
    const { body, after } = await play(patient, [{ fault, delayMs: 60_000 }]);
    expect(body).toMatchObject({ status: 424, error: { code: 'update-not-visible' }, outcome: 'unknown' });
    expect(after.model).toBe(wanted.model);
  });

  test('F16b a look that is throttled: the next one waits as told', async () => {
    const { answer, readBacks } = await play(patient, [
      { fault: 'F17-204' },
      { fault: 'none', method: 'GET' },
      { fault: 'F01', method: 'GET', retryAfterSeconds: 1 },
    ]);
    expect(answer.status).toBe(200);
    const [throttled, next] = readBacks;
    expect((next?.at ?? 0) - (throttled?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  test('F16b a look that is told to wait too long: looking ends', async () => {
    const { body, readBacks } = await play(patient, [
      { fault: 'F16' },
      { fault: 'none', method: 'GET' },
      { fault: 'F05', method: 'GET' },
    ]);
    expect(body).toMatchObject({ error: { code: 'update-not-visible' }, outcome: 'unknown' });
    expect(readBacks).toHaveLength(1);
  });
});

describe('F16 what counts as shown', () => {
  test('a whole number that is one less does not', async () => {
    const system = await start();
    const [model] = system.emulator.models();
    system.emulator.arm({ fault: 'F16-count' });
    const answer = await system.patch(model?.id ?? '', { modelDeviceCount: 2_147_483_647 });
    expect(json(answer)).toMatchObject({
      error: { code: 'update-not-visible' },
      outcome: 'unknown',
      errors: [{ pointer: '/modelDeviceCount', code: 'not-visible' }],
    });
  });

  test('VERIFY_BY=read: a good 200 is not believed before a look shows the same', async () => {
    const system = await start({ VERIFY_BY: 'read' });
    const good = await play(system, []);
    expect([good.answer.status, good.readBacks.length]).toEqual([200, 1]);
    const blind = await play(system, [
      { fault: 'none', method: 'GET' },
      { fault: 'F07-502', method: 'GET', times: 2 },
    ]);
    expect(blind.body).toMatchObject({ error: { code: 'update-unverified' }, outcome: 'unknown' });
  });

  test('F17 an id in another case is the same object, in Graph’s spelling', async () => {
    const system = await start();
    const [model] = system.emulator.models();
    const [own, upper] = [model?.id ?? '', model?.id.toUpperCase() ?? ''];
    expect(json(await system.patch(upper, { windowsScore: 1.5 }))).toMatchObject({ id: own, windowsScore: 1.5 });
    expect(json(await system.preview(upper, { windowsScore: 2.5 }))).toMatchObject({ id: own });
    expect(json(await system.call(`/api/v1/model-performance/${upper}`))).toMatchObject({ id: own });
    system.emulator.arm({ fault: 'F17-case' });
    expect(json(await system.patch(own, { windowsScore: 3.5 }))).toMatchObject({ id: upper, windowsScore: 3.5 });
  });
});

describe('F12 a write that meets a 404', () => {
  test('without a read before it, there may be no such model', async () => {
    const system = await start({ AUDIT_FROM: 'none' });
    const { body, writes } = await play(system, [{ fault: 'F12' }]);
    expect(body).toMatchObject({ error: { code: 'not-found' }, outcome: 'not-applied' });
    expect(writes).toHaveLength(1);
  });
});

describe('F04c a wait that the read before the write was told', () => {
  test('ends the call when it does not fit, and nothing is sent', async () => {
    const system = await start({ DEADLINE_MS: '4000' });
    const { answer, body, writes } = await play(system, [{ fault: 'F01', method: 'GET', retryAfterSeconds: 9 }]);
    expect(body).toMatchObject({ error: { code: 'graph-throttled' }, outcome: 'not-applied', retryAfterSeconds: 9 });
    expect(answer.headers['retry-after']).toBe('9');
    expect(writes).toEqual([]);
  });
});
