import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { QueueServiceClient } from '@azure/storage-queue';
import { startStorage, type Storage } from '../local/storage.js';
import type { Check } from '../src/graph/readiness.js';
import { names } from '../src/jobs/azure.js';
import { json } from './support/host-fixture/process.js';
import { until } from './support/until.js';
import { startStorageProxy, type StorageProxy, type Strike } from './support/storageProxy.js';
import type { System } from './support/system.js';
import { useSystem, useSystems } from './support/useSystem.js';

const settings = { READY_CACHE_MS: '0' };
const system = useSystem(settings);
const start = useSystems(settings);

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
  const { call, patch, emulator } = await start({ TELEMETRY_INTERVAL_MS: '50' }, { telemetry: true });
  const found = async () => {
    const { status, checks } = json(await call('/api/health/ready')) as { status: string; checks: Check[] };
    return { status, ...checks.find(({ name }) => name === 'telemetry') };
  };
  const sending = (ok: boolean, message: string) =>
    until(message, async () => {
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
  const { call } = await start({}, { roles: ['User.Read.All'] });
  const told = json(await call('/api/health/ready'));
  expect(told).toMatchObject({ status: 503, error: { code: 'not-ready' }, errors: expect.any(Array) });
  expect(JSON.stringify(told)).toContain('DeviceManagementConfiguration.ReadWrite.All');
  const everybody = await call('/api/health/ready', { withoutToken: true });
  expect(everybody).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect(everybody.text).not.toContain('DeviceManagement');
});

test('an identity that gives no token is named, and the setting that mends it', async () => {
  const { call, emulator } = await start();
  emulator.arm({ fault: 'F33', times: 'always' });
  const { text } = await call('/api/health/ready');
  expect(text).toContain('MANAGED_IDENTITY_CLIENT_ID');
});

test('what was found is kept for a while, however many ask', async () => {
  const { call, emulator } = await start({ READY_CACHE_MS: '600000' });
  await Promise.all(Array.from({ length: 20 }, () => call('/api/health/ready')));
  expect(emulator.requests().filter(({ server }) => server === 'graph')).toHaveLength(1);
});

describe('storage is told of to who may write, and decides nothing', () => {
  let azurite: Storage;
  let proxy: StorageProxy;
  let system: System;
  beforeAll(async () => {
    azurite = await startStorage();
    proxy = await startStorageProxy(azurite);
    system = await start({ ...proxy.environment, STORAGE_RETRY_MS: '20', READY_TIMEOUT_MS: '2000' });
  }, 60_000);
  afterAll(async () => {
    await proxy.close();
    await azurite.close();
  });

  /** What the app asked of storage; the host asks for its own ends. */
  const asked = () => proxy.requests().filter(({ number }) => number > 0);
  const found = async () => {
    const { status, checks } = json(await system.call('/api/health/ready')) as { status: string; checks: Check[] };
    expect([status, checks.map(({ name }) => name)]).toEqual([
      'ready',
      ['token', 'permission', 'graph', 'storage', 'telemetry'],
    ]);
    return checks.find(({ name }) => name === 'storage');
  };

  test('nobody else makes it look', async () => {
    proxy.clear();
    expect(json(await system.call('/api/health/ready', { withoutToken: true }))).toEqual({ status: 'ready' });
    expect(asked()).toEqual([]);
  });

  test('it asks both containers and the queue, and writes nothing', async () => {
    proxy.clear();
    expect(await found()).toEqual({ name: 'storage', ok: true, message: 'Storage answers for jobs.' });
    expect(asked().map(({ service, path }) => `${service} ${path.split('?')[0]}`)).toEqual(
      expect.arrayContaining(['blob /jobs', 'blob /job-data', `queue /${names.queue}`]),
    );
    expect(asked().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test.each<[string, string, Strike, string]>([
    ['refuses a container', '/jobs', { status: 403 }, 'Storage Blob Data Owner'],
    ['refuses the queue', `/${names.queue}`, { status: 403 }, 'Storage Queue Data Contributor'],
    ['fails', '/job-data', { status: 500 }, 'AzureWebJobsStorage'],
    ['hangs', '/job-data', 'hang', 'AzureWebJobsStorage'],
  ])('one that %s', async (_, path, strike, message) => {
    proxy.strike((request) => (request.number > 0 && (request.path.split('?')[0] ?? '') === path ? strike : undefined));
    expect(await found()).toMatchObject({ ok: false, message: expect.stringContaining(message) });
    proxy.clear();
    expect(await found()).toMatchObject({ ok: true });
  });

  test('one without the queue names what makes it', async () => {
    const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(names.queue);
    await queue.delete();
    expect(await found()).toMatchObject({ ok: false, message: expect.stringContaining('azd provision') });
    await queue.create();
    expect(await found()).toMatchObject({ ok: true });
  });

  test('where updates cannot succeed, it is told beside what hinders them', async () => {
    system.emulator.arm({ fault: 'F06', method: 'any', times: 'always' });
    proxy.strike(({ number }) => (number > 0 ? { status: 403 } : undefined));
    const told = json(await system.call('/api/health/ready')) as { errors: { code: string }[] };
    system.emulator.disarm();
    proxy.clear();
    expect(told.errors.map(({ code }) => code)).toEqual(['graph', 'storage']);
  });

  test('what was found is kept for a while, however many ask', async () => {
    const { call } = await start({ ...proxy.environment, READY_CACHE_MS: '600000' });
    proxy.clear();
    await Promise.all(Array.from({ length: 20 }, () => call('/api/health/ready')));
    expect(asked()).toHaveLength(3);
  });
});
