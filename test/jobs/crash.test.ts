import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { names } from '../../src/jobs/azure.js';
import type { JobView } from '../../src/jobs/view.js';
import type { Instance } from '../support/system.js';
import { useJobSystem } from '../support/useSystem.js';
import type { Strike } from '../support/storageProxy.js';
import { jobSteps } from './thorough.js';
import { found } from '../support/until.js';

/**
 * An instance is ended (kill -9) at one of its requests to storage, before it arrives or before its answer does; the next one takes
 * over. Its lease would run out in a minute, and its heir come after that: the test breaks the lease, and submits the same once more.
 */
const environment = { PACE_WINDOW_MS: '500', STORAGE_RETRY_MS: '50' };

const system = useJobSystem({ instances: 0, environment });

const jobs = '/api/v1/model-performance/jobs';
const rows = 25;

interface Job {
  readonly key: string;
  readonly updates: readonly { readonly id: string; readonly modelDeviceCount: number }[];
}

function newJob(number: number): Job {
  const [example] = system.emulator.models();
  if (example === undefined) throw new Error('The emulator has no model.');
  const updates = Array.from({ length: rows }, (_, row) => {
    const id = randomUUID();
    system.emulator.put({ ...example, id, modelDeviceCount: 1 });
    return { id, modelDeviceCount: number * 100 + row + 2 };
  });
  return { key: randomUUID(), updates };
}

async function submit(instance: Instance, { key, updates }: Job): Promise<JobView> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const answer = await instance.call(jobs, { method: 'POST', headers, body: JSON.stringify({ updates }) });
  expect(answer.status).toBe(201);
  return JSON.parse(answer.text) as JobView;
}

async function untilEnded(instance: Instance, { jobId }: JobView): Promise<JobView> {
  const ended = async () => {
    const view = JSON.parse((await instance.call(`${jobs}/${jobId}`)).text) as JobView;
    return view.endedAt === undefined ? undefined : view;
  };
  return found('the end of the job', ended, { everyMs: 100, limitMs: 120_000 });
}

/** What a dead process held. */
async function breakLeases(): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(system.storage.connectionString).getContainerClient(
    names.jobs,
  );
  for await (const { name, properties } of container.listBlobsFlat())
    if (properties.leaseState === 'leased') await container.getBlobClient(name).getBlobLeaseClient().breakLease(0);
}

/** What the job tells is what Graph has, and the values before are those before the first attempt. */
async function holdAgainstGraph(instance: Instance, job: Job): Promise<void> {
  const view = await untilEnded(instance, await submit(instance, job));
  const { text } = await instance.call(`${jobs}/${view.jobId}/result`);
  const { value } = JSON.parse(text) as { value: { id: string; outcome: string; from?: object }[] };
  expect(view.rows).toMatchObject({ total: rows, pending: 0, canceled: 0, notApplied: 0 });
  expect(value.map(({ id, from }) => [id, from])).toEqual(job.updates.map(({ id }) => [id, { modelDeviceCount: 1 }]));
  expect(value.map(({ id, outcome }) => outcome === 'applied' && system.emulator.model(id)?.modelDeviceCount)).toEqual(
    job.updates.map(({ modelDeviceCount }) => modelDeviceCount),
  );
}

/** How many requests of its own an undisturbed job makes, from its submission to its end. */
async function requestsOfAJob(instance: Instance): Promise<number> {
  const job = newJob(0);
  system.proxy.clear();
  await untilEnded(instance, await submit(instance, job));
  return system.proxy.requests().filter(({ number, path }) => number > 0 && isOfAJob(path)).length;
}

/** Not what asks for its progress. */
const isOfAJob = (path: string) => !path.includes('comp=list');

/** Every request, or so many that are spread over all of them. */
const wanted = jobSteps === 'all' ? Infinity : 10;
const spread = (points: number) => {
  const step = Math.max(1, points / wanted);
  return Array.from({ length: Math.ceil(points / step) }, (_, index) => 1 + Math.floor(index * step));
};

test(
  'F72 and F75 killed at one request after another, before it arrives or before its answer does: each job ends right',
  async () => {
    let instance = await system.start();
    const points = spread(2 * (await requestsOfAJob(instance)));
    for (const [number, point] of points.entries()) {
      const job = newJob(number + 1);
      const [request, strike]: [number, Strike] = [Math.ceil(point / 2), point % 2 === 1 ? 'hang' : 'lose answer'];
      system.proxy.clear();
      let seen = 0;
      const struck = new Promise<void>((resolve) => {
        system.proxy.strike(({ number: own, path }) => {
          if (own === 0 || !isOfAJob(path)) return undefined;
          seen += 1;
          if (seen < request) return undefined;
          if (seen === request) resolve();
          return seen === request ? strike : 'hang';
        });
      });
      const submitted = submit(instance, job).then((view) => untilEnded(instance, view));
      await Promise.race([struck, submitted.catch(() => undefined)]);
      const { kill } = instance;
      await kill();
      await submitted.catch(() => undefined);
      system.proxy.clear();
      await breakLeases();
      instance = await system.start();
      await holdAgainstGraph(instance, job);
    }
  },
  wanted === Infinity ? 3_600_000 : 240_000,
);

test('F75 one answer of storage after another is lost: each job ends right', async () => {
  const instance = await system.start();
  const points = spread(await requestsOfAJob(instance));
  for (const [number, point] of points.entries()) {
    const job = newJob(500 + number);
    system.proxy.clear();
    let seen = 0;
    system.proxy.strike(({ number: own, path }) =>
      own > 0 && isOfAJob(path) && ++seen === point ? 'lose answer' : undefined,
    );
    await holdAgainstGraph(instance, job);
  }
}, 600_000);
