import fc from 'fast-check';
import { cancel, poll, submit, submitUntilAccepted } from './callers.js';
import { lies } from './check.js';
import type { Ground } from './ground.js';
import { seeded } from './kernel.js';
import { World, type Truth } from './world.js';

/** One run of the world: who does what, and what goes wrong. */
export interface Scenario {
  readonly seed: number;
  readonly ground: Ground;
  readonly jobs: readonly Job[];
  /** Somebody else changes the same objects. */
  readonly otherWriters: boolean;
  /** Single updates in 20 s. */
  readonly singles: number;
  readonly outage?: {
    readonly from: number;
    readonly ms: number;
    readonly service: 'all' | 'blob' | 'queue';
    readonly share: number;
  };
  /** Instances come and go. */
  readonly scales: boolean;
  /** When everything dies, or stands still for a minute, as shares of the time of faults. */
  readonly dies?: number;
  readonly stands?: number;
}

interface Job {
  readonly rows: number;
  readonly startMs: number;
  /** Its objects are those of other jobs too. */
  readonly shared: boolean;
  /** Share of rows that ask for the value that is there already, and of rows whose object does not exist. */
  readonly same: number;
  readonly absent: number;
  /** Somebody sends other rows with the same key. */
  readonly rivalMs?: number;
  readonly cancelMs?: number;
  readonly polls: boolean;
}

const minute = 60_000;
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, otherwise: T, weight = 1) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(otherwise) }, { weight, arbitrary });
const upTo = (most: number) => fc.double({ min: 0, max: most, noNaN: true });
/** Between 10 to the first power and to the second. */
const magnitude = (least: number, most: number) =>
  fc.double({ min: least, max: most, noNaN: true }).map((power) => 10 ** power);

const ground = (faultsUntilMs: number): fc.Arbitrary<Ground> =>
  fc.record({
    faultsUntilMs: fc.constant(faultsUntilMs),
    quota: fc.constant(100),
    windowMs: fc.constant(20_000),
    counts: fc.constantFrom('arrival', 'items'),
    batchMs: fc.constantFrom(2_000, 2_000, 10_000, 28_000),
    readMs: fc.constant(600),
    lagMs: fc.constantFrom(0, 2_000, 30_000),
    lags: fc.constant(0.5),
    latencyMs: fc.constant([5, 30] as const),
    storageFails: sometimes(upTo(0.03), 0, 2),
    answerLost: sometimes(upTo(0.05), 0, 3),
    stalls: sometimes(magnitude(-4, -2), 0),
    delays: sometimes(magnitude(-4, -2), 0),
    crashes: sometimes(magnitude(-3.7, -1.7), 0, 4),
    crash: fc.constantFrom('machine', 'process'),
    restartMs: fc.constant([5_000, 60_000] as const),
    workers: fc.integer({ min: 1, max: 4 }),
    skewsMs: sometimes<readonly number[]>(fc.constant([0, 2_000, -2_000, 30_000]), []),
    throttled: sometimes(upTo(0.2), 0),
    failed: sometimes(upTo(0.1), 0),
    missing: sometimes(upTo(0.05), 0),
    refused: sometimes(upTo(0.1), 0),
    unseen: sometimes(upTo(0.1), 0),
    envelopeLost: sometimes(upTo(0.2), 0),
    envelope503: sometimes(upTo(0.1), 0),
    unreadable: sometimes(upTo(0.1), 0),
    namesWait: fc.constant(0.5),
  });

const job = (faultsMs: number): fc.Arbitrary<Job> =>
  fc.record(
    {
      rows: fc.integer({ min: 1, max: 110 }),
      startMs: sometimes(fc.integer({ min: 0, max: minute }), 0, 2),
      shared: sometimes(fc.constant(true), false),
      same: sometimes(fc.constant(0.2), 0),
      absent: sometimes(fc.constant(0.1), 0),
      rivalMs: fc.integer({ min: 0, max: 500 }),
      cancelMs: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share * share * faultsMs),
      polls: fc.boolean(),
    },
    { requiredKeys: ['rows', 'startMs', 'shared', 'same', 'absent', 'polls'] },
  );

/** Every scenario, from a calm one to one in which everything goes wrong at once. */
export const scenarios: fc.Arbitrary<Scenario> = fc.integer({ min: 2, max: 15 }).chain((minutes) =>
  fc.record(
    {
      seed: fc.integer({ min: 1, max: 2 ** 31 }),
      ground: ground(minutes * minute),
      jobs: fc.array(job(minutes * minute), { minLength: 1, maxLength: 3 }),
      otherWriters: sometimes(fc.constant(true), false),
      singles: sometimes(upTo(19), 0),
      outage: fc.record({
        from: upTo(0.8),
        ms: fc.constantFrom(20_000, 60_000, 300_000),
        service: fc.constantFrom('all', 'all', 'blob', 'queue'),
        share: fc.constantFrom(1, 1, 0.6),
      }),
      scales: sometimes(fc.constant(true), false),
      dies: upTo(1),
      stands: upTo(1),
    },
    { requiredKeys: ['seed', 'ground', 'jobs', 'otherWriters', 'singles', 'scales'] },
  ),
);

/** Plays a scenario until everything has ended, long after the last fault. @returns the lies that were told */
export async function play(scenario: Scenario): Promise<{ readonly world: World; readonly lies: string[] }> {
  const world = new World(scenario.seed, scenario.ground);
  const random = seeded(scenario.seed + 7);
  const faultsMs = scenario.ground.faultsUntilMs;
  scenario.jobs.forEach((one, index) => {
    begin(world, one, addJob(world, one, index, random));
  });
  if (scenario.otherWriters)
    repeat(world, 500, 20_000, () => {
      world.graph.set(`model-${Math.floor(world.between(0, 110))}`, -Math.ceil(world.between(0, 1e6)));
    });
  if (scenario.singles > 0)
    repeat(world, 0, 40_000 / scenario.singles, () => {
      world.graph.single(`single-${Math.floor(world.between(0, 50))}`, world.random());
    });
  if (scenario.outage) {
    const { from, ms, service, share } = scenario.outage;
    world.outages.push({ fromMs: from * faultsMs, toMs: Math.min(faultsMs, from * faultsMs + ms), service, share });
  }
  if (scenario.scales)
    repeat(world, 20_000, 200_000, () => {
      const workers = [...world.running.keys()];
      const worker = workers[Math.floor(world.between(0, workers.length))];
      if (worker === undefined) return;
      if (world.random() < 0.5) world.drain(worker);
      else world.kill(worker, 'process');
    });
  if (scenario.dies !== undefined)
    world.at(scenario.dies * faultsMs, () => {
      for (const worker of [...world.running.keys()]) world.kill(worker, 'machine', minute);
    });
  if (scenario.stands !== undefined)
    world.at(scenario.stands * faultsMs, () => {
      for (const worker of world.running.keys()) worker.stalledUntilMs = world.nowMs + minute;
    });
  let quietSinceMs = Infinity;
  await world.run(faultsMs + 180 * minute, () => {
    const quiet = world.nowMs > faultsMs + 1_000 && world.allEnded();
    quietSinceMs = quiet ? Math.min(quietSinceMs, world.nowMs) : Infinity;
    return world.nowMs > quietSinceMs + 400_000;
  });
  return { world, lies: await lies(world) };
}

/** Again and again while faults are on. */
function repeat(world: World, leastMs: number, mostMs: number, act: () => void): void {
  world.at(world.nowMs + world.between(leastMs, mostMs), () => {
    if (!world.faulty()) return;
    act();
    repeat(world, leastMs, mostMs, act);
  });
}

function addJob(world: World, { rows, shared, same, absent }: Job, index: number, random: () => number): Truth {
  const idOf = (row: number) => `model-${(shared ? 0 : index * 1_000) + row}`;
  return world.addJob(
    `j${index}`,
    Array.from({ length: rows }, (_, row) => {
      if (random() < absent) world.graph.missing.add(idOf(row));
      return { id: idOf(row), value: random() < same ? 0 : (index + 1) * 1_000_000 + row + 1 };
    }),
  );
}

function begin(world: World, { startMs, rivalMs, cancelMs, polls }: Job, truth: Truth): void {
  world.at(startMs, () => {
    truth.submittedMs = world.nowMs;
    void submit(world, truth);
  });
  world.at(startMs + 90_000, () => void submitUntilAccepted(world, truth));
  if (rivalMs !== undefined)
    world.at(startMs + rivalMs, () => {
      const [first, ...others] = truth.rows;
      if (first) void submit(world, truth, [{ ...first, changes: { modelDeviceCount: -1 } }, ...others]);
    });
  if (cancelMs !== undefined) world.at(startMs + cancelMs, () => void cancel(world, truth));
  if (polls) keepPolling(world, truth, startMs + 10_000);
}

function keepPolling(world: World, truth: Truth, atMs: number): void {
  world.at(atMs, () => {
    if (truth.endedMs !== undefined && !world.faulty()) return;
    void poll(world, truth);
    keepPolling(world, truth, world.nowMs + 20_000);
  });
}
