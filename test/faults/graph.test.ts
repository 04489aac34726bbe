import { beforeAll, describe, expect, test } from '@jest/globals';
import { faults } from '../../local/emulator/faults.js';
import { problems } from '../../src/problem.js';
import { useSystem } from '../support/useSystem.js';
import { graphRows, type GraphRow } from './graph.js';
import { atMost, leaks, play, samePlatformToken, scaled, wanted, type Played } from '../support/play.js';

/** What Graph does in one test. */
type Scenario = 'always' | 'always, after storing' | 'once' | 'always, and reads fail';

const system = useSystem(scaled);
let played: Map<string, Promise<Played>>;

const scenarios = graphRows.flatMap((row) => {
  const kinds: Scenario[] = ['always'];
  if (row.writes > 1) kinds.push('once');
  if (row.stored) kinds.push('always, after storing');
  if (row.blind) kinds.push('always, and reads fail');
  return kinds.map((kind) => ({ name: `${row.id} ${kind}`, kind, row }));
});

function script(kind: Scenario, { id }: GraphRow) {
  const fault = { fault: id, method: 'PATCH' } as const;
  if (kind === 'once') return [fault];
  if (kind === 'always') return [{ ...fault, times: 'always' } as const];
  if (kind === 'always, after storing') return [{ ...fault, times: 'always', applied: true } as const];
  const read = { method: 'GET' } as const;
  return [{ ...fault, times: 'always' } as const, { fault: 'none', ...read }, { fault: 'F12', ...read, times: 9 }];
}

beforeAll(() => {
  system.emulator.arm(samePlatformToken);
  const results = atMost(
    40,
    scenarios.map(
      ({ kind, row }) =>
        () =>
          play(system, script(kind, row)),
    ),
  );
  played = new Map(results.map((result, index) => [scenarios[index]?.name ?? '', result]));
});

async function playedBy(name: string): Promise<Played> {
  const result = await played.get(name);
  if (result === undefined) throw new Error(`${name} was not played.`);
  return result;
}

function expectSuccess({ answer, body, before, after }: Played): void {
  expect({ status: answer.status, body }).toMatchObject({ status: 200, body: { id: before.id, model: wanted.model } });
  expect(after.model).toBe(wanted.model);
  expect(after.windowsScore).toBeCloseTo(wanted.windowsScore, 4);
}

function expectProblem({ answer, body }: Played, code: keyof typeof problems, outcome: string | undefined): void {
  const { status, title } = problems[code];
  expect(body).toMatchObject({
    type: `urn:model-performance:problem:${code}`,
    title,
    status,
    outcome,
    error: { code },
  });
  expect(answer.status).toBe(status);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-ms-error-code': code });
  expect(leaks(answer.text + JSON.stringify(answer.headers))).toEqual([]);
}

function expectWrites({ writes, readBacks }: Played, row: GraphRow): void {
  expect([writes.length, readBacks.length]).toEqual([row.writes, row.readBacks ?? 0]);
  writes.slice(1).forEach(({ at, connection }, index) => {
    const earlier = writes[index];
    expect(at - (earlier?.at ?? 0)).toBeGreaterThanOrEqual(row.waitMs ?? 0);
    if (row.freshConnections) expect(connection).not.toBe(earlier?.connection);
  });
}

const named = (kind: Scenario) => scenarios.filter((scenario) => scenario.kind === kind);

describe('a fault of Graph that stays', () => {
  test.each(named('always'))('$name', async ({ name, row }) => {
    const result = await playedBy(name);
    if (row.fails === undefined) expectSuccess(result);
    else expectProblem(result, row.fails, row.outcome);
    expectWrites(result, row);
    if (row.outcome === 'not-applied') expect(result.after).toEqual(result.before);
    const { retryAfterSeconds: wait } = row;
    const { retryAfterSeconds: told } = result.body as { retryAfterSeconds?: number };
    expect(result.answer.headers['retry-after']).toBe(told === undefined ? undefined : String(told));
    if (typeof wait === 'object') expect(told).toBeGreaterThanOrEqual(wait.least);
    else expect(told).toBe(wait);
  });
});

describe('a fault of Graph that goes away', () => {
  test.each(named('once'))('$name', async ({ name }) => {
    const result = await playedBy(name);
    expectSuccess(result);
    expect(result.writes).toHaveLength(2);
    expect(result.readBacks).toEqual([]);
  });
});

describe('a write that Graph stored before it answered badly', () => {
  test.each(named('always, after storing'))('$name', async ({ name, row }) => {
    const result = await playedBy(name);
    if (row.fails === undefined || row.stored === 'applied') expectSuccess(result);
    else expectProblem(result, row.fails, 'unknown');
    expect(result.after.model).toBe(wanted.model);
  });
});

describe('a fault of Graph whose read-back fails, too', () => {
  test.each(named('always, and reads fail'))('$name', async ({ name, row }) => {
    const result = await playedBy(name);
    expectProblem(result, row.blind?.fails ?? 'internal', 'unknown');
    expect([result.writes.length, result.readBacks.length]).toEqual([row.writes, row.blind?.readBacks]);
  });
});

test('the mistakes of an update that does not show name the properties', async () => {
  const { body } = await playedBy('F16 always');
  expect(body.errors).toMatchObject([
    { pointer: '/model', code: 'not-visible' },
    { pointer: '/workFromAnywhereScore', code: 'not-visible' },
    { pointer: '/windowsScore', code: 'not-visible' },
  ]);
});

test('a read-back after other values waits first', async () => {
  const { writes, readBacks } = await playedBy('F16 always');
  expect((readBacks[0]?.at ?? 0) - (writes[0]?.at ?? 0)).toBeGreaterThanOrEqual(50);
});

test('nothing follows a redirect', () => {
  expect(system.emulator.requests().filter(({ server }) => server === 'elsewhere')).toEqual([]);
});

test('no log line holds what is Graph’s or the caller’s', async () => {
  await Promise.allSettled(played.values());
  expect(leaks(system.host.output.out + system.host.output.err)).toEqual([]);
});

test('every fault of a write that the emulator can play has a row', () => {
  const elsewhere = ['none', 'F09', 'F16-count', 'F16b-200', 'F16b-204', 'F17-case', 'F21', 'F21-dns', 'F22'];
  const writes = [...faults.values()].filter(
    ({ on, method, id }) => on === 'graph' && method !== 'GET' && id.startsWith('F') && !id.startsWith('F7'),
  );
  const ids = writes.map(({ id }) => id).filter((id) => !elsewhere.includes(id));
  expect(ids.sort()).toEqual(graphRows.map(({ id }) => id).sort());
});
