import { setTimeout as pause } from 'node:timers/promises';
import { startEmulator, type Emulator } from '../local/emulator/emulator.js';
import { seed } from '../local/emulator/models.js';
import { leastMsOf } from '../src/graph/pace.js';
import { chunkRows } from '../src/jobs/job.js';
import { startStorage } from '../local/storage.js';
import { drive, updateCall } from './drive.js';
import type { Part, Row } from './results.js';
import { machine } from './rounds.js';
import { quantile, spreadOf } from './statistics.js';
import { startSubject } from './subjects.js';

/** One job: what Graph takes and bulk takes of it in 20 seconds, how long a batch takes, and how many rows there are. */
interface Play {
  readonly name: string;
  readonly graphWrites: number;
  readonly ownWrites: number;
  readonly batchMs: number;
  readonly rows: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** Four times what Intune documents for an app, which a job of the same shares needs a quarter of the time for; and what it documents. */
const plays: readonly Play[] = [
  {
    name: 'a job of 2 000 rows at four times the quota, 2 s a batch',
    ...{ graphWrites: 400, ownWrites: 320, batchMs: 2_000, rows: 2_000 },
    settings: { BULK_WRITES_PER_20_S: '320', BULK_CHUNKS_AT_ONCE: '16' },
  },
  {
    name: 'a job of 400 rows at the documented quota, 10 s a batch',
    ...{ graphWrites: 100, ownWrites: 80, batchMs: 10_000, rows: 400 },
    settings: {},
  },
];
const [loopRows, loopWrites, instances, manyRows] = [2_000, 400, 4, 10_000];

/** As fast as the engine lets rows go. */
const pacedRowsPerSecond = ({ ownWrites }: Play) => 1000 / leastMsOf({ rows: ownWrites, windowMs: 20_000 });

type Upstream = Parameters<typeof updateCall>[0];
type Values = Readonly<Record<string, number>>;

/**
 * Jobs on four instances against an emulator that enforces a quota, single updates beside them; the same rows by a loop over the obvious
 * facade; and how long it takes to hand in many rows.
 */
export async function measureBulk(): Promise<Part> {
  const [model] = seed();
  if (model === undefined) throw new Error('The emulator has no models.');
  const ids = Array.from({ length: manyRows }, (_, number) => `bench-${number}`);
  const emulator = await startEmulator({ objects: [model, ...ids.map((id) => ({ ...model, id }))] });
  const storage = await startStorage();
  const upstream = {
    environment: { ...emulator.environment, ...storage.environment },
    telemetry: { ...emulator.ingestion.environment },
    token: emulator.issue({ exp: Math.floor(Date.now() / 1000) + 86_400 }),
    id: model.id,
  };
  const measured: [string, Values][] = [];
  for (const play of plays) measured.push([play.name, await measureJob(play, upstream, ids, emulator)]);
  measured.push([
    'a loop over the obvious facade, 2 000 rows at four times the quota',
    await measureLoop(upstream, ids, emulator),
  ]);
  measured.push(['handing in 10 000 rows', await measureSubmit(upstream, ids)]);
  await Promise.all([emulator.close(), storage.close()]);
  return { ...machine([]), rounds: 1, rows: measured.map(([subject, values]) => rowOf(subject, values)) };
}

function rowOf(subject: string, values: Values): Row {
  const cells = Object.entries(values).map(([name, value]) => [name, { value: spreadOf([value]) }]);
  return { subject, cells: Object.fromEntries(cells) as Row['cells'] };
}

async function measureJob(play: Play, upstream: Upstream, all: readonly string[], emulator: Emulator): Promise<Values> {
  const ids = all.slice(0, play.rows);
  const environment = { ...upstream.environment, ...play.settings };
  const children = await Promise.all(
    Array.from({ length: instances }, () =>
      startSubject('ours', { ...upstream, environment }, [], ['--queue-poll-ms', '200']),
    ),
  );
  const url = children[0]?.url ?? '';
  emulator.reset();
  emulator.quota.limit({ writes: play.graphWrites });
  emulator.arm({ fault: 'F25-late', method: 'POST', times: 'always', delayMs: play.batchMs });
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
  for (const child of children) child.kill();
  const { refused } = emulator.quota.counts();
  const written = emulator.requests({ method: 'PATCH' }).filter(({ inBatch }) => inBatch);
  const writingSeconds = ((written.at(-1)?.at ?? NaN) - (written[0]?.at ?? NaN)) / 1000;
  emulator.disarm();
  return {
    'rows applied': job.rows.applied,
    seconds,
    // The first chunk's rows have no time behind them.
    'share of the paced rate': (ids.length - chunkRows) / writingSeconds / pacedRowsPerSecond(play),
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
async function measureLoop(upstream: Upstream, all: readonly string[], emulator: Emulator): Promise<Values> {
  const { url, kill } = await startSubject('naive', upstream);
  emulator.quota.limit({ writes: loopWrites });
  const left = all.slice(0, loopRows);
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
  kill();
  const { refused } = emulator.quota.counts();
  return {
    'rows applied': applied,
    seconds: (performance.now() - startMs) / 1000,
    'refused by Graph (429)': refused.batch + refused.single,
  };
}

/** One row first, which loads what jobs need: what is measured is the work for the rows themselves. */
async function measureSubmit(upstream: Upstream, ids: readonly string[]): Promise<Values> {
  const { url, usage, kill } = await startSubject('ours', upstream);
  await submit(url, upstream, ids.slice(0, 1));
  const { residentMb } = await usage();
  const startMs = performance.now();
  await submit(url, upstream, ids);
  const seconds = (performance.now() - startMs) / 1000;
  const { residentMb: afterwards } = await usage();
  kill();
  return { seconds, 'more memory, MB': afterwards - residentMb };
}
