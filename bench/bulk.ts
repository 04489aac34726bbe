import { setTimeout as pause } from 'node:timers/promises';
import { startEmulator, type Emulator } from '../local/emulator/emulator.js';
import { startStorage } from '../local/storage.js';
import type { Child } from './child.js';
import { drive, updateCall } from './drive.js';
import type { Part, Row } from './results.js';
import { machine } from './rounds.js';
import { quantile, spreadOf } from './statistics.js';
import { startSubject } from './subjects.js';

/** Four times what Intune documents for an app, and of it what bulk takes: the same shares, in a quarter of the time. */
const [graphWrites, ownWrites, windowSeconds] = [400, 320, 20];
const settings = { BULK_WRITES_PER_20_S: String(ownWrites), BULK_CHUNKS_AT_ONCE: '16' };
/** The engine keeps a tenth between its own window and Graph's. */
const rowsPerSecond = ownWrites / windowSeconds / 1.1;
const [rows, instances, manyRows] = [2_000, 4, 10_000];

type Upstream = Parameters<typeof updateCall>[0];
type Values = Readonly<Record<string, number>>;

/**
 * Jobs on four instances against an emulator that enforces a quota and answers batches after 2 and after 10 seconds, single updates
 * beside them; the same rows by a loop over the obvious facade; and how long it takes to hand in many rows.
 */
export async function measureBulk(): Promise<Part> {
  const emulator = await startEmulator({ quota: { writes: graphWrites } });
  const storage = await startStorage();
  const [model] = emulator.models();
  if (model === undefined) throw new Error('The emulator has no models.');
  const ids = Array.from({ length: manyRows }, (_, number) => `bench-${number}`);
  for (const id of ids) emulator.put({ ...model, id });
  const upstream = {
    environment: { ...emulator.environment, ...storage.environment, ...settings },
    telemetry: { ...emulator.ingestion.environment },
    token: emulator.issue({ exp: Math.floor(Date.now() / 1000) + 86_400 }),
    id: model.id,
  };
  const children = await Promise.all(
    Array.from({ length: instances }, () => startSubject('ours', upstream, [], ['--queue-poll-ms', '200'])),
  );
  const [first] = children;
  if (first === undefined) throw new Error('No instance was started.');

  const some = ids.slice(0, rows);
  const measured: [string, Values][] = [];
  for (const seconds of [2, 10]) {
    emulator.arm({ fault: 'F25-late', method: 'POST', times: 'always', delayMs: seconds * 1000 });
    measured.push([`a job, ${seconds} s a batch`, await measureJob(first.url, upstream, some, emulator)]);
    emulator.disarm();
  }
  const facade = await startSubject('naive', upstream);
  measured.push(['a loop over the obvious facade', await measureLoop(facade.url, upstream, some, emulator)]);
  measured.push(['handing in 10 000 rows', await measureSubmit(first, upstream, ids)]);

  for (const child of [...children, facade]) child.kill();
  await Promise.all([emulator.close(), storage.close()]);
  return { ...machine([]), rounds: 1, rows: measured.map(([subject, values]) => rowOf(subject, values)) };
}

function rowOf(subject: string, values: Values): Row {
  const cells = Object.entries(values).map(([name, value]) => [name, { value: spreadOf([value]) }]);
  return { subject, cells: Object.fromEntries(cells) as Row['cells'] };
}

async function measureJob(url: string, upstream: Upstream, ids: readonly string[], emulator: Emulator) {
  emulator.quota.limit({ writes: graphWrites });
  const startMs = performance.now();
  const { address, headers } = await submit(url, upstream, ids);
  const latenciesMs: number[] = [];
  let job: { readonly endedAt?: string; readonly rows: { readonly applied: number } };
  do {
    latenciesMs.push(...(await drive(url, updateCall(upstream), 1, { calls: 1 })).latenciesMs);
    await pause(3_000);
    job = (await (await fetch(address, { headers })).json()) as typeof job;
    process.stderr.write(`${job.rows.applied} of ${ids.length} rows\n`);
  } while (job.endedAt === undefined);
  const seconds = (performance.now() - startMs) / 1000;
  const { refused } = emulator.quota.counts();
  return {
    'rows applied': job.rows.applied,
    seconds,
    'share of the paced rate': ids.length / rowsPerSecond / seconds,
    'refused by Graph (429)': refused.batch + refused.single,
    'p95 of single updates beside it, ms': quantile(latenciesMs, 0.95),
  };
}

async function submit(url: string, upstream: Upstream, ids: readonly string[]) {
  const headers = { authorization: `Bearer ${upstream.token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/model-performance/jobs`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': String(performance.now()) },
    body: JSON.stringify({ updates: ids.map((id) => ({ id, windowsScore: 12.5 })) }),
  });
  if (answer.status !== 201) throw new Error(`The job was answered with ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return { address: answer.headers.get('location') ?? '', headers };
}

/** Twenty at once, each as soon as the last is answered; what is refused is sent again as often as Graph's own client does. */
async function measureLoop(url: string, upstream: Upstream, ids: readonly string[], emulator: Emulator) {
  emulator.quota.limit({ writes: graphWrites });
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

/** A small job has loaded what jobs need: what is measured is the work for the rows themselves. */
async function measureSubmit({ url, usage }: Child, upstream: Upstream, ids: readonly string[]) {
  const { residentMb } = await usage();
  const startMs = performance.now();
  await submit(url, upstream, ids);
  const seconds = (performance.now() - startMs) / 1000;
  return { seconds, 'more memory, MB': (await usage()).residentMb - residentMb };
}
