import { describe, expect, test } from '@jest/globals';
import { readProgress } from '../../src/jobs/progress.js';
import { readResult, type ToldRow } from '../../src/jobs/result.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { cancel, submit } from './world/callers.js';
import { lies } from './world/check.js';
import { epochMs } from './world/kernel.js';
import { callerOf, World, type Truth } from './world/world.js';

const minute = 60_000;

function addJob(world: World, key: string, rows: number, number = 0, atMs = 0): Truth {
  const ids = Array.from({ length: rows }, (_, row) => ({
    id: `model-${number * 100_000 + row}`,
    value: (number + 1) * 1_000_000 + row + 1,
  }));
  const truth = world.addJob(key, ids);
  world.at(atMs, () => {
    truth.submittedMs = world.nowMs;
    void submit(world, truth);
  });
  return truth;
}

const ended = (world: World) => () => world.nowMs > 10_000 && world.allEnded();

/** What a caller reads while the world goes on. */
async function inWorld<T>(world: World, answer: Promise<T>): Promise<T> {
  const settled = answer.catch(() => undefined);
  await world.run(world.nowMs + minute);
  await settled;
  return answer;
}

const askerOf = (key: string) => ({ caller: callerOf(key), all: false });
const resultOf = (world: World, { job, key }: Truth): Promise<ToldRow[]> =>
  inWorld(world, readResult(job, askerOf(key), modelPerformance.fields, world.partsOf(world.newProcess('reader'))));

describe('F78 jobs share the pace', () => {
  test.each([
    ['one', 1, 2_000],
    ['two', 2, 2_000],
    ['five', 5, 10_000],
  ])('%s at the same time, four workers: no 429, and hardly slower than the pace', async (_, jobs, batchMs) => {
    const world = new World(1, { workers: 4, batchMs });
    for (let number = 0; number < jobs; number++) addJob(world, `j${number}`, 1_000 / jobs, number);
    await world.run(120 * minute, ended(world));
    const { graph } = world;
    expect([graph.throttledJobs, graph.fullestWindow <= 80, await lies(world)]).toEqual([0, true, []]);
    const perWindow = ((graph.sentRows - 20) / (graph.lastSendMs - (graph.firstSendMs ?? 0))) * 22_000;
    expect(perWindow / 80).toBeGreaterThan(0.95);
  });

  test('one job takes less than half a blob operation for each row', async () => {
    const world = new World(1);
    addJob(world, 'j', 2_000);
    await world.run(120 * minute, ended(world));
    expect(world.operations.blob / 2_000).toBeLessThan(0.5);
  });

  test.each([
    ['a minute', 60_000],
    ['less than a lease', 30_000],
  ])('everything stands still for %s: no burst after it', async (_, standsMs) => {
    const world = new World(1, { workers: 4, batchMs: 10_000 });
    for (let number = 0; number < 10; number++) addJob(world, `j${number}`, 120, number);
    world.at(40_000, () => {
      for (const worker of world.running.keys()) worker.stalledUntilMs = world.nowMs + standsMs;
    });
    await world.run(120 * minute, ended(world));
    expect([world.graph.throttledJobs, await lies(world)]).toEqual([0, []]);
  });

  test('a job of 20 rows behind one of 10 000 ends within a minute', async () => {
    const world = new World(1);
    addJob(world, 'big', 10_000);
    const small = addJob(world, 'small', 20, 1, 5 * minute);
    await world.run(10 * minute, () => small.endedMs !== undefined);
    expect((small.endedMs ?? Infinity) - 5 * minute).toBeLessThan(minute);
  });
});

describe('F85 clocks', () => {
  test.each([30_000, -30_000, 600_000])('one of two is %i ms off: no 429', async (skewMs) => {
    const world = new World(1, { skewsMs: [0, skewMs] });
    for (let number = 0; number < 3; number++) addJob(world, `j${number}`, 200, number);
    await world.run(120 * minute, ended(world));
    expect([world.graph.throttledJobs, await lies(world)]).toEqual([0, []]);
  });
});

describe('F84 away for five minutes in the middle', () => {
  test('Graph: no attempts are used up, and values before are kept', async () => {
    const world = new World(1);
    const truth = addJob(world, 'j', 1_000);
    world.graphAwayMs = [minute, 6 * minute];
    await world.run(120 * minute, ended(world));
    const rows = await resultOf(world, truth);
    expect(rows.filter(({ outcome, from }) => outcome !== 'applied' || from === undefined)).toEqual([]);
    expect(await lies(world)).toEqual([]);
  });

  test.each(['all', 'blob', 'queue'] as const)('storage (%s): the job goes on within minutes', async (service) => {
    const world = new World(1);
    const truth = addJob(world, 'j', 600);
    world.outages.push({ fromMs: minute, toMs: 6 * minute, service, share: 1 });
    await world.run(120 * minute, ended(world));
    expect((await resultOf(world, truth)).filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
    expect(truth.endedMs).toBeLessThan(15 * minute);
    expect(await lies(world)).toEqual([]);
  });
});

test('F75 silence after a crash is shorter than 80 s', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const world = new World(seed, { workers: 3, restartMs: [minute, minute] });
    addJob(world, 'j', 1_000);
    const [crashMs, seen] = [minute + seed * 3_000, { rows: 0, goesOnMs: 0 }];
    world.at(crashMs, () => {
      for (const [worker, inflight] of world.running) if (inflight.size > 0) world.kill(worker, 'machine', minute);
      seen.rows = world.graph.sentRows;
    });
    await world.run(crashMs + 5 * minute, () => {
      if (world.nowMs > crashMs && world.graph.sentRows > seen.rows) seen.goesOnMs ||= world.nowMs;
      return seen.goesOnMs > 0;
    });
    expect(seen.goesOnMs - crashMs).toBeLessThan(80_000);
  }
});

test('F75 who is turned away by a holder that then dies looks again: the job goes on within minutes', async () => {
  const world = new World(1, {}, { renewMs: 30_000 });
  addJob(world, 'j', 1_000);
  const seen = { rows: 0, goesOnMs: 0 };
  const diesMs = 45_000;
  world.at(diesMs - 5_000, () => {
    // An instance receives the heir early; the holder, which renews after half a minute and after a minute, does not learn of it.
    for (const message of world.messages.values()) if (message.dequeued === 0) world.hide(message, world.nowMs);
  });
  world.at(diesMs, () => {
    for (const [worker, inflight] of world.running) if (inflight.size > 0) world.kill(worker, 'machine', 20 * minute);
    seen.rows = world.graph.sentRows;
  });
  await world.run(20 * minute, () => {
    if (world.nowMs > diesMs && world.graph.sentRows > seen.rows) seen.goesOnMs ||= world.nowMs;
    return seen.goesOnMs > 0;
  });
  expect(seen.goesOnMs).toBeLessThan(4 * minute);
});

test('F73 who cannot renew the lease falls silent before it has run out', async () => {
  const world = new World(1);
  const truth = addJob(world, 'j', 400);
  world.fails = /^renew/;
  await world.run(60 * minute, ended(world));
  expect((await resultOf(world, truth)).filter(({ outcome }) => outcome === 'not-applied')).toEqual([]);
  expect(await lies(world)).toEqual([]);
});

describe('F38 an instance that ends', () => {
  test('with rows under way keeps their lease: nobody sends them meanwhile', async () => {
    const world = new World(1, { batchMs: 28_000 });
    const truth = addJob(world, 'j', 20);
    await world.run(minute, () => world.graph.sentRows > 0);
    for (const [worker, inflight] of world.running) if (inflight.size > 0) world.drain(worker);
    await world.run(10 * minute, ended(world));
    expect(truth.applied).toEqual(truth.rows.map(() => 1));
    expect(await lies(world)).toEqual([]);
  });

  test('while it waits for a slot sends nothing more, at whichever moment', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const world = new World(seed, { latencyMs: [200, 400] });
      addJob(world, 'j', 400);
      world.at(20_000 + seed * 137, () => {
        for (const worker of [...world.running.keys()]) world.drain(worker);
      });
      await world.run(minute);
      expect(world.lies).toEqual([]);
    }
  });
});

test('F80 a cancel takes seconds, also when the next slot is far away', async () => {
  for (const jobs of [1, 20]) {
    const world = new World(1, { workers: 3 });
    const truths = Array.from({ length: jobs }, (_, number) => addJob(world, `j${number}`, 400, number));
    const [first] = truths;
    world.at(90_000, () => {
      if (first) void cancel(world, first);
    });
    await world.run(30 * minute, () => first?.endedMs !== undefined);
    expect((first?.endedMs ?? Infinity) - 90_000).toBeLessThan(30_000);
  }
});

describe('F77 what always fails', () => {
  test('a job whose turns bring nothing is given up: its rows were not applied', async () => {
    const world = new World(1, {}, { barrenMs: 5 * minute });
    const truth = addJob(world, 'j', 40);
    for (const { id } of truth.rows) world.graph.unreadable.add(id);
    await world.run(300 * minute, ended(world));
    const rows = await resultOf(world, truth);
    expect(new Set(rows.map(({ outcome, code }) => `${outcome} ${code}`))).toEqual(new Set(['not-applied job-failed']));
    expect([world.givenUp, await lies(world)]).toEqual([1, []]);
  });

  test.each([
    ['ten turns in less than half an hour', 10, 29, 0],
    ['nine turns in more than half an hour', 9, 31, 0],
    ['ten turns in more than half an hour', 10, 31, 1],
  ])('given up after turns without a result: %s', async (_, barren, minutes, givenUp) => {
    const world = new World(1, { workers: 0 });
    const truth = addJob(world, 'j', 20);
    await world.run(minute);
    world.messages.clear();
    world.enqueue('main', { job: truth.job, barren, since: epochMs + world.nowMs - minutes * minute }, 0);
    world.startWorker('W', 0);
    await world.run(60 * minute, ended(world));
    expect([world.givenUp, truth.applied.every((times) => times === 1), await lies(world)]).toEqual([
      ...[givenUp, givenUp === 0, []],
    ]);
  });

  test('a poisoned message beside a healthy runner disturbs nothing', async () => {
    const world = new World(1);
    const truth = addJob(world, 'j', 400);
    world.at(30_000, () => {
      world.enqueue('poison', { job: truth.job }, 0);
    });
    await world.run(60 * minute, ended(world));
    expect((await resultOf(world, truth)).filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
  });

  test('the sixth time, the poison function ends the job itself', async () => {
    const world = new World(1, { workers: 1 });
    const truth = world.addJob('j', [{ id: 'model-1', value: 1_000_001 }]);
    await inWorld(world, submit(world, truth));
    const before = truth.endedMs;
    const other = world.addJob(
      'k',
      Array.from({ length: 400 }, (_, row) => ({ id: `other-${row}`, value: 2_000_001 + row })),
    );
    await inWorld(world, submit(world, other));
    world.enqueue('poison', { job: other.job, poisoned: 5 }, 0);
    await world.run(60 * minute, ended(world));
    const view = await inWorld(world, readProgress(other.job, askerOf('k'), world.partsOf(world.newProcess('reader'))));
    expect([before !== undefined, view.status, await lies(world)]).toEqual([true, 'Failed', []]);
  });
});

test('F81 past retention there is no job, and its key can be used again', async () => {
  const world = new World(1, {}, { retentionMs: 60 * minute });
  const truth = addJob(world, 'j', 25);
  await world.run(50 * minute);
  const parts = () => world.partsOf(world.newProcess('reader'));
  expect(await inWorld(world, readProgress(truth.job, askerOf('j'), parts()))).toMatchObject({ status: 'Succeeded' });
  await world.run(70 * minute);
  await expect(inWorld(world, readProgress(truth.job, askerOf('j'), parts()))).rejects.toMatchObject({
    code: 'job-not-found',
  });
  const sent = world.graph.sentRows;
  await world.run(80 * minute);
  expect(world.graph.sentRows).toBe(sent);

  truth.submittedMs = world.nowMs;
  expect(await inWorld(world, submit(world, truth))).toBe(201);
  await world.run(90 * minute);
  expect(world.graph.sentRows).toBe(sent + 25);
  expect(await inWorld(world, readProgress(truth.job, askerOf('j'), parts()))).toMatchObject({ status: 'Succeeded' });
});

test('F81 two with the same key past retention and other rows: one is accepted', async () => {
  const world = new World(1, {}, { retentionMs: 60 * minute });
  const truth = addJob(world, 'j', 1);
  await world.run(70 * minute);
  const others = truth.rows.map((row) => ({ ...row, changes: { modelDeviceCount: 5 } }));
  const both = await inWorld(world, Promise.all([submit(world, truth), submit(world, truth, others)]));
  expect(both.sort()).toEqual([201, 422]);
});

test('F79 the same key: same rows the same job, other rows 422, another caller another job', async () => {
  const world = new World(1);
  const truth = world.addJob('j', [{ id: 'model-1', value: 1_000_001 }]);
  const both = await inWorld(world, Promise.all([submit(world, truth), submit(world, truth)]));
  expect(both).toEqual([201, 201]);
  const others = truth.rows.map((row) => ({ ...row, changes: { modelDeviceCount: 5 } }));
  expect(await inWorld(world, submit(world, truth, others))).toBe(422);
  expect(world.headers.size).toBe(1);
  await inWorld(world, submit(world, world.addJob('k', [{ id: 'model-1', value: 2_000_001 }])));
  expect(world.headers.size).toBe(2);
});

test('a job that everybody has forgotten is started again by whoever asks for it, once', async () => {
  const world = new World(1, { workers: 0 });
  const truth = addJob(world, 'j', 20);
  await world.run(minute);
  world.messages.clear();
  for (let ask = 0; ask < 3; ask++) {
    await world.run(world.nowMs + 6 * minute);
    await inWorld(world, readProgress(truth.job, askerOf('j'), world.partsOf(world.newProcess('reader'))));
  }
  expect(world.messages.size).toBe(1);
  world.startWorker('W', 0);
  await world.run(world.nowMs + 10 * minute, ended(world));
  expect(truth.endedMs).toBeDefined();
});
