import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readCertificate } from '../../local/emulator/certificate.js';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { startStorage, type Storage } from '../../local/storage.js';
import type { JobView } from '../../src/jobs/view.js';
import { startInstance, type Instance } from '../support/system.js';
import { found } from '../support/until.js';

let emulator: Emulator;
let storage: Storage;
let instance: Instance;
beforeAll(async () => {
  const certificate = await readCertificate();
  [emulator, storage] = await Promise.all([startEmulator(), startStorage({ certificate })]);
  const environment = { ...storage.identityEnvironment(emulator.clientId), NODE_EXTRA_CA_CERTS: certificate.path };
  instance = await startInstance(emulator, { ...environment, PACE_WINDOW_MS: '500' });
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await Promise.all([storage.close(), emulator.close()]);
});

test('a job runs with the managed identity alone: addresses and a client id, over TLS, and no key anywhere', async () => {
  const jobs = '/api/v1/model-performance/jobs';
  const [model] = emulator.models();
  const answer = await instance.call(jobs, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ updates: [{ id: model?.id, modelDeviceCount: 4_321 }] }),
  });
  expect(answer.status).toBe(201);
  const { jobId } = JSON.parse(answer.text) as JobView;
  const view = await found('the end of the job', async () => {
    const last = JSON.parse((await instance.call(`${jobs}/${jobId}`)).text) as JobView;
    return last.endedAt === undefined ? undefined : last;
  });
  expect(view).toMatchObject({ status: 'Succeeded', rows: { applied: 1 } });
  const asked = emulator.requests().filter(({ path }) => path.includes('resource=https%3A%2F%2Fstorage.azure.com'));
  expect(asked.length).toBeGreaterThan(0);
});
