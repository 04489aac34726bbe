import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Check } from '../src/graph/readiness.js';
import { json } from './support/host-fixture/process.js';
import { until } from './telemetry/fixture/process.js';
import { startSystem, type System } from './support/system.js';

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
    ['telemetry', true],
  ]);
});

test('telemetry is told of to who may write, and decides nothing', async () => {
  const { call, patch, emulator } = await started({ TELEMETRY_INTERVAL_MS: '50' }, { telemetry: true });
  const found = async () => {
    const { status, checks } = json(await call('/api/health/ready')) as { status: string; checks: Check[] };
    return { status, ...checks.find(({ name }) => name === 'telemetry') };
  };
  const sending = (ok: boolean, message: string) =>
    until(async () => {
      const last = await found();
      return last.status === 'ready' && last.ok === ok && last.message?.includes(message) === true;
    });
  await sending(true, 'Nothing was sent yet.');
  emulator.arm({ fault: 'F35-500', times: 'always' });
  expect(await patch(emulator.models()[0]?.id ?? '', { windowsScore: 1 })).toMatchObject({ status: 200 });
  await sending(false, 'APPLICATIONINSIGHTS_CONNECTION_STRING');
  expect(json(await call('/api/health/ready', { withoutToken: true }))).toEqual({ status: 'ready' });
  emulator.disarm();
  await sending(true, 'took the last records');
}, 60_000);

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
