import { setTimeout as pause } from 'node:timers/promises';
import { startEmulator, type Emulator } from '../local/emulator/emulator.js';
import { startStorage } from '../local/storage.js';
import { drive, updateCall } from './drive.js';
import type { Part, Row } from './results.js';
import { machine } from './rounds.js';
import { quantile, spreadOf } from './statistics.js';
import { startSubject } from './subjects.js';

/** Intune's documented limit for an app, and what bulk takes of it by default. */
const [documentedWrites, ownWrites, windowSeconds] = [100, 80, 20];
const jobRows = 400;

/** A job against an emulator that enforces the quota, single updates beside it; then the same rows by a loop that just sends. */
export async function measureBulk(): Promise<Part> {
  const emulator = await startEmulator({ quota: { writes: documentedWrites } });
  const storage = await startStorage();
  const ids = Array.from({ length: jobRows }, (_, number) => `bench-${number}`);
  const [model] = emulator.models();
  if (model === undefined) throw new Error('The emulator has no models.');
  for (const id of ids) emulator.put({ ...model, id });
  const upstream = {
    environment: { ...emulator.environment, ...storage.environment },
    telemetry: {},
    token: emulator.issue({ exp: Math.floor(Date.now() / 1000) + 86_400 }),
    id: model.id,
  };
  const child = await startSubject('ours', upstream, [], ['--queue-poll-ms', '200']);
  const measured = {
    job: await measureJob(child.url, upstream, ids, emulator),
    loop: await measureLoop(child.url, upstream, ids, emulator),
  };
  child.kill();
  await Promise.all([emulator.close(), storage.close()]);
  const row = (subject: string, values: Record<string, number>): Row => ({
    subject,
    cells: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value: spreadOf([value]) }])),
  });
  return {
    ...machine([]),
    rounds: 1,
    rows: [row('a job', measured.job), row('a loop of single updates', measured.loop)],
  };
}

type Upstream = Parameters<typeof updateCall>[0];

async function measureJob(url: string, upstream: Upstream, ids: readonly string[], emulator: Emulator) {
  emulator.quota.limit({ writes: documentedWrites });
  const headers = { authorization: `Bearer ${upstream.token}`, 'content-type': 'application/json' };
  const startMs = performance.now();
  const submitted = await fetch(`${url}/api/v1/model-performance/jobs`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': String(startMs) },
    body: JSON.stringify({ updates: ids.map((id) => ({ id, windowsScore: 12.5 })) }),
  });
  if (submitted.status !== 201) throw new Error(`The job was answered with ${submitted.status}.`);
  const latenciesMs: number[] = [];
  let job: { readonly endedAt?: string; readonly rows: { readonly applied: number } };
  do {
    latenciesMs.push(...(await drive(url, updateCall(upstream), 1, { calls: 1 })).latenciesMs);
    await pause(3_000);
    job = (await (await fetch(submitted.headers.get('location') ?? '', { headers })).json()) as typeof job;
  } while (job.endedAt === undefined);
  const seconds = (performance.now() - startMs) / 1000;
  return {
    'rows applied': job.rows.applied,
    seconds,
    'share of the rate': (ids.length * windowSeconds) / ownWrites / seconds,
    'refused by Graph (429)': emulator.quota.counts().refused.batch + emulator.quota.counts().refused.single,
    'p95 of single updates beside it, ms': quantile(latenciesMs, 0.95),
  };
}

/** Twenty at once, each as soon as the last is answered; what is refused is not sent again. */
async function measureLoop(url: string, upstream: Upstream, ids: readonly string[], emulator: Emulator) {
  emulator.quota.limit({ writes: documentedWrites });
  const left = [...ids];
  let applied = 0;
  const startMs = performance.now();
  const one = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const { path, headers, method, body } = updateCall({ ...upstream, id });
      const answer = await fetch(`${url}${path}`, { method, headers, body });
      await answer.arrayBuffer();
      if (answer.status === 200) applied += 1;
    }
  };
  await Promise.all(Array.from({ length: 20 }, one));
  const { refused } = emulator.quota.counts();
  return {
    'rows applied': applied,
    seconds: (performance.now() - startMs) / 1000,
    'refused by Graph (429)': refused.batch + refused.single,
  };
}
