import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { json } from './local/host-fixture/process.js';
import { startSystem, type System } from './system.js';

const systems: System[] = [];
afterAll(() => Promise.all(systems.map(({ stop }) => stop())));

async function started(...given: Parameters<typeof startSystem>): Promise<System> {
  const system = await startSystem({ READY_CACHE_MS: '0', ...given[0] }, given[1]);
  systems.push(system);
  return system;
}

let system: System;
beforeAll(async () => {
  system = await started();
});

test('live tells that the process answers, to everybody', async () => {
  const answer = await system.call('/api/health/live', { withoutToken: true });
  expect([answer.status, json(answer)]).toEqual([200, { status: 'live' }]);
});

test('ready says no more than yes to everybody', async () => {
  const answer = await system.call('/api/health/ready', { withoutToken: true });
  expect([answer.status, json(answer)]).toEqual([200, { status: 'ready' }]);
});

test('ready tells each check to who may write', async () => {
  const { checks } = json(await system.call('/api/health/ready')) as { checks: { name: string; ok: boolean }[] };
  expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
    ['token', true],
    ['permission', true],
    ['graph', true],
  ]);
});

test('a bad token is nobody’s', async () => {
  const answer = await system.call('/api/health/ready', { headers: { authorization: 'Bearer x.y.z' } });
  expect(json(answer)).toEqual({ status: 'ready' });
});

test('a missing permission is named to who may write', async () => {
  const { call } = await started({}, { roles: ['User.Read.All'] });
  const told = json(await call('/api/health/ready'));
  expect(told).toMatchObject({ status: 503, error: { code: 'not-ready' }, errors: expect.any(Array) });
  expect(JSON.stringify(told)).toContain('DeviceManagementConfiguration.ReadWrite.All');
  const everybody = await call('/api/health/ready', { withoutToken: true });
  expect(everybody).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect(everybody.text).not.toContain('DeviceManagement');
});

test('an identity that gives no token is named, and the setting that mends it', async () => {
  const { call, emulator } = await started();
  emulator.arm({ fault: 'F33', times: 'always' });
  const { text } = await call('/api/health/ready');
  expect(text).toContain('MANAGED_IDENTITY_CLIENT_ID');
});

test('what was found is kept for a while, however many ask', async () => {
  const { call, emulator } = await started({ READY_CACHE_MS: '600000' });
  await Promise.all(Array.from({ length: 20 }, () => call('/api/health/ready')));
  expect(emulator.requests().filter(({ server }) => server === 'graph')).toHaveLength(1);
});
