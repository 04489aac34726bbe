import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ArmedFault } from '../../local/emulator/armory.js';
import { problems, type Code } from '../../src/problem.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { worded } from '../../src/resource/words.js';
import type { Answer } from '../support/host-fixture/process.js';
import type { System } from '../support/system.js';
import { useSystems } from '../support/useSystem.js';
import { graphRows, type GraphRow } from './graph.js';
import { atMost, leaks, samePlatformToken, scaled } from '../support/play.js';

// The same faults, where a caller only reads: what is answered is whole, or it is a problem. A part of a list never looks like a list.

const path = '/api/v1/model-performance';
const limits = { ...scaled, ATTEMPT_TIMEOUT_MS: '1500', MAX_ATTEMPTS: '2' };

/** What is read, in how many requests to Graph, and where the fault strikes. */
const scenarios = {
  'a list, once on its first page': { pages: 3, pagesBefore: 0, times: 1 },
  'a list, once on its last page': { pages: 3, pagesBefore: 2, times: 1 },
  'the rest of a list, on each try': { pages: 2, pagesBefore: 0, times: 'always' },
  'a model, once': { pages: 1, pagesBefore: 0, times: 1 },
  'a model, on each try': { pages: 1, pagesBefore: 0, times: 'always' },
} as const;
type Name = keyof typeof scenarios;
const plays = (Object.keys(scenarios) as Name[]).flatMap((name) =>
  graphRows.map((row) => ({ name, row, title: `${row.id}, ${name}` })),
);
const ofModel = ({ name }: { readonly name: Name }) => scenarios[name].pages === 1;

interface Read {
  readonly answer: Answer;
  /** What the caller must see if it is not a problem. */
  readonly whole: unknown;
  /** Requests to Graph for this answer, those for pages before and after the fault among them. */
  readonly calls: number;
}

const start = useSystems(limits);

/** A collection whose reading needs three pages. */
async function started(environment: Record<string, string> = {}): Promise<System> {
  const system = await start(environment);
  const { emulator } = system;
  emulator.arm(samePlatformToken);
  const [example] = emulator.models();
  if (example === undefined) throw new Error('The emulator has no model.');
  while (emulator.models().length < 50) emulator.put({ ...example, id: randomUUID() });
  return system;
}

function faultOf({ id, waitMs = 0 }: GraphRow, name: Name): ArmedFault {
  const { times } = scenarios[name];
  return { fault: id, method: 'GET', times, ...(waitMs >= 1900 && { retryAfterSeconds: 1 }) };
}

/** One list at a time in each system: Graph cannot tell whose page is asked for. */
async function readList({ emulator, call }: System, row: GraphRow, name: Name): Promise<Read> {
  const { pagesBefore } = scenarios[name];
  const all = emulator.models();
  const rest = name === 'the rest of a list, on each try';
  const first = rest ? (JSON.parse((await call(`${path}?limit=25`)).text) as { nextLink: string }) : undefined;
  const link = first && new URL(first.nextLink);
  const before = emulator.requests().length;
  const places = pagesBefore > 0 ? [{ fault: 'none', method: 'GET', times: pagesBefore } as const] : [];
  emulator.arm([...places, faultOf(row, name), samePlatformToken]);
  const answer = await call(link ? `${link.pathname}${link.search}` : path);
  emulator.disarm();
  const calls = emulator
    .requests()
    .slice(before)
    .filter(({ server }) => server === 'graph').length;
  return { answer, whole: { value: rest ? all.slice(25) : all }, calls };
}

async function readModel({ emulator, call }: System, row: GraphRow, name: Name): Promise<Read> {
  const [example] = emulator.models();
  if (example === undefined) throw new Error('The emulator has no model.');
  const whole = { ...example, id: randomUUID() };
  emulator.put(whole);
  emulator.arm({ ...faultOf(row, name), model: whole.id });
  const answer = await call(`${path}/${whole.id}`);
  return { answer, whole, calls: emulator.requests({ id: whole.id }).length };
}

const systems: System[] = [];
const read = new Map<string, Promise<Read>>();

/** Begins to play, so many at a time. */
function begin(limit: number, some: typeof plays, one: (row: GraphRow, name: Name) => Promise<Read>): void {
  const results = atMost(
    limit,
    some.map(
      ({ row, name }) =>
        () =>
          one(row, name),
    ),
  );
  results.forEach((result, index) => read.set(some[index]?.title ?? '', result));
}

beforeAll(async () => {
  systems.push(...(await Promise.all(Array.from({ length: 5 }, () => started()))));
  const [forModels, ...forLists] = systems;
  if (forModels === undefined) throw new Error('There is no system.');
  begin(30, plays.filter(ofModel), (row, name) => readModel(forModels, row, name));
  const free = [...forLists];
  const lists = plays.filter((play) => !ofModel(play));
  begin(forLists.length, lists, async (row, name) => {
    const system = free.pop();
    if (system === undefined) throw new Error('No system is free.');
    try {
      return await readList(system, row, name);
    } finally {
      free.push(system);
    }
  });
}, 60_000);

/** Which column of the rows tells what each is to end with. */
const columns = {
  'a list, once on its first page': 'page',
  'a list, once on its last page': 'page',
  'the rest of a list, on each try': 'rest',
  'a model, once': 'read',
  'a model, on each try': 'read',
} as const satisfies Record<Name, keyof GraphRow>;

/** The problem that a read has to end with, if it is one, and how often Graph is then asked. */
function expected(row: GraphRow, name: Name): { code?: Code; calls: number } {
  const { times, pagesBefore, pages } = scenarios[name];
  const code = row[columns[name]];
  if (code === undefined) return { calls: pages };
  if (times === 1 && row.writes > 1) return { calls: pages + 1 };
  return { code, calls: pagesBefore + Math.min(row.writes, Number(limits.MAX_ATTEMPTS)) };
}

describe('a fault of Graph meets', () => {
  test.each(plays)(
    '$title',
    async ({ title, row, name }) => {
      const result = await read.get(title);
      const { code, calls } = expected(row, name);
      const body: unknown = JSON.parse(result?.answer.text ?? '');
      if (code === undefined) expect([result?.answer.status, body]).toEqual([200, result?.whole]);
      else {
        const { status, title } = problems[code];
        const type = `urn:model-performance:problem:${code}`;
        expect(body).toMatchObject({ type, status, title: worded(title, modelPerformance), outcome: 'not-applied' });
        expect(result?.answer.status).toBe(status);
        expect(leaks(result?.answer.text ?? '')).toEqual([]);
      }
      expect(result?.calls).toBe(calls);
    },
    60_000,
  );
});

test('nothing follows a redirect', async () => {
  await Promise.allSettled(read.values());
  const asked = systems.flatMap(({ emulator }) => emulator.requests());
  expect(asked.length).toBeGreaterThan(plays.length);
  expect(asked.filter(({ server }) => server === 'elsewhere')).toEqual([]);
});

test('pages that each come in time, and too late together, end with the call’s own deadline', async () => {
  const { emulator, call } = await started({ ...scaled, DEADLINE_MS: '1500' });
  emulator.arm({ fault: 'F25-late', method: 'GET', times: 'always', delayMs: 600 });
  const answer = await call(path);
  const asked = emulator.requests().filter(({ server }) => server === 'graph');
  expect(answer).toMatchObject({ status: 504, headers: { 'x-ms-error-code': 'graph-timeout' } });
  expect(asked.length).toBeLessThanOrEqual(3);
});
