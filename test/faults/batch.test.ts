import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ArmedFault } from '../../local/emulator/armory.js';
import type { Answer } from '../support/host-fixture/process.js';
import { leaks, scaled, wanted } from '../support/play.js';
import { useSystem } from '../support/useSystem.js';

// Up to 20 updates in one call: each is told like a single one, and what strikes one of them strikes no other.

const path = '/api/v1/model-performance/batch';

const system = useSystem({ ...scaled, READ_BACK_DELAYS_MS: '0,50,200' });
beforeEach(() => {
  system.emulator.reset();
});

interface Result {
  readonly id: string;
  readonly outcome: string;
  readonly object?: Readonly<Record<string, unknown>>;
  readonly problem?: {
    readonly error: { readonly code: string };
    readonly outcome: string;
    readonly retryAfterSeconds?: number;
  };
}

interface Batch {
  readonly answer: Answer;
  readonly summary: Readonly<Record<string, number>>;
  /** `applied`, or code and outcome of the problem. */
  readonly told: readonly string[];
  readonly results: readonly Result[];
  /** Whether each object holds what was sent. */
  readonly stored: readonly boolean[];
  /** How many items each `$batch` of writes had, in order. */
  readonly writes: readonly number[];
}

const send = (body: unknown, of = system) =>
  of.call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Some objects of their own. */
function makeModels(count: number, { emulator } = system): string[] {
  const [example] = emulator.models();
  if (example === undefined) throw new Error('The emulator has no model.');
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const id of ids) emulator.put({ ...example, id });
  return ids;
}

/** Updates three objects while Graph plays faults: for an item by its index, for the whole batch without one. */
async function play(faults: readonly (ArmedFault & { readonly item?: number })[], of = system): Promise<Batch> {
  const ids = makeModels(3, of);
  const { emulator } = of;
  emulator.arm(
    faults.map(({ item, ...fault }) => ({ ...fault, ...(item !== undefined && { model: ids[item] ?? '' }) })),
  );
  const answer = await send({ updates: ids.map((id) => ({ id, ...wanted })) }, of);
  const { summary, results } = JSON.parse(answer.text) as Batch;
  expect(leaks(results.map(({ problem }) => JSON.stringify(problem ?? '')).join(''))).toEqual([]);
  const requests = emulator.requests().filter(({ server }) => server === 'graph');
  const writes = requests
    .filter((request) => request.path.endsWith('/$batch') && request.body.includes('"PATCH"'))
    .map(({ body }) => (JSON.parse(body) as { requests: unknown[] }).requests.length);
  return {
    ...{ answer, summary, results, writes },
    told: results.map(({ outcome, problem }) => (problem ? `${problem.error.code} ${problem.outcome}` : outcome)),
    stored: ids.map((id) => emulator.model(id)?.model === wanted.model),
  };
}

const armed = (fault: string, item: number, more: Partial<ArmedFault> = {}) =>
  ({ fault, item, method: 'PATCH', ...more }) as const;

describe('F82 a batch', () => {
  test('reads once, writes once, and shows every object', async () => {
    const { answer, summary, results, stored, writes } = await play([]);
    expect(answer.status).toBe(200);
    expect(summary).toEqual({ total: 3, applied: 3, notApplied: 0, unknown: 0 });
    expect(results.map(({ object }) => object)).toEqual(
      results.map(({ id }) => expect.objectContaining({ id, model: wanted.model })),
    );
    expect(stored).toEqual([true, true, true]);
    expect(writes).toEqual([3]);
    expect(system.emulator.requests().filter((request) => request.path.endsWith('/$batch'))).toHaveLength(2);
  });

  test('of twenty is taken', async () => {
    const ids = makeModels(20);
    const answer = await send({ updates: ids.map((id) => ({ id, windowsScore: 1.5 })) });
    expect(JSON.parse(answer.text)).toMatchObject({ summary: { total: 20, applied: 20 } });
  });

  const [one, other] = [randomUUID(), randomUUID()];
  test.each<[string, unknown, (readonly [pointer: string, code: string])[]]>([
    ['no object', [], [['', 'wrong-type']]],
    ['no updates', {}, [['/updates', 'wrong-length']]],
    ['an empty list', { updates: [] }, [['/updates', 'wrong-length']]],
    [
      '21 updates',
      { updates: Array.from({ length: 21 }, (_, n) => ({ id: `id-${n}`, windowsScore: 1 })) },
      [['/updates', 'wrong-length']],
    ],
    ['something else', { updates: [{ id: one, windowsScore: 1 }], rows: [] }, [['', 'unknown-property']]],
    [
      'an update that is none',
      { updates: [{ id: one, windowsScore: 1 }, 5] },
      [
        ['/updates/1/id', 'invalid-id'],
        ['/updates/1', 'wrong-type'],
      ],
    ],
    ['no id', { updates: [{ windowsScore: 1 }] }, [['/updates/0/id', 'invalid-id']]],
    ['the name of a path', { updates: [{ id: 'Jobs', windowsScore: 1 }] }, [['/updates/0/id', 'invalid-id']]],
    [
      'an id twice, in two spellings',
      {
        updates: [
          { id: one, windowsScore: 1 },
          { id: other, windowsScore: 1 },
          { id: one.toUpperCase(), model: 'x' },
        ],
      },
      [['/updates/2/id', 'duplicate-id']],
    ],
    [
      'mistakes in several updates',
      { updates: [{ id: one, windowsScore: '1' }, { id: other, nobody: 1, modelDeviceCount: 0.5 }, { id: 'x' }] },
      [
        ['/updates/0/windowsScore', 'wrong-type'],
        ['/updates/1/modelDeviceCount', 'out-of-range'],
        ['/updates/1/nobody', 'unknown-property'],
        ['/updates/2', 'nothing-to-change'],
      ],
    ],
  ])('with %s is refused as a whole', async (_, body, mistakes) => {
    const answer = await send(body);
    const problem = JSON.parse(answer.text) as { errors: { pointer: string; code: string }[] };
    expect(problem).toMatchObject({ status: 400, error: { code: 'invalid-body' }, outcome: 'not-applied' });
    expect(problem.errors.map(({ pointer, code }) => [pointer, code])).toEqual(mistakes);
    expect(system.emulator.requests()).toEqual([]);
  });

  test('over 256 KiB is too large', async () => {
    const answer = await send(JSON.stringify({ updates: ['x'.repeat(256 * 1024)] }));
    expect(JSON.parse(answer.text)).toMatchObject({ status: 413, error: { code: 'body-too-large' } });
  });

  test('whose objects are all not there ends as a single update does', async () => {
    const answer = await send({ updates: [{ id: randomUUID(), windowsScore: 1 }] });
    expect(JSON.parse(answer.text)).toMatchObject({ status: 404, error: { code: 'not-found' } });
    expect(system.emulator.requests({ method: 'PATCH' })).toEqual([]);
  });

  test('of which one object is not there writes the others', async () => {
    const [id = ''] = makeModels(1);
    const answer = await send({
      updates: [
        { id: 'nobody', ...wanted },
        { id, ...wanted },
      ],
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      summary: { applied: 1, notApplied: 1 },
      results: [{ outcome: 'not-applied', problem: { error: { code: 'not-found' } } }, { outcome: 'applied' }],
    });
  });

  test('that cannot reach Graph ends as a single update does', async () => {
    const ids = makeModels(2);
    system.emulator.arm({ fault: 'F21' });
    const answer = await send({ updates: ids.map((id) => ({ id, ...wanted })) });
    expect(JSON.parse(answer.text)).toMatchObject({
      status: 503,
      error: { code: 'graph-unreachable' },
      outcome: 'not-applied',
    });
  });
});

describe('F76 one item of a batch', () => {
  test('that fails within Intune each time is sent twice in all, and one that is unavailable as often as is allowed', async () => {
    const always = { times: 'always' } as const;
    const { told, writes } = await play([armed('F20-html', 0, always), armed('F20-html-503', 1, always)]);
    expect(told).toEqual(['graph-error unknown', 'graph-unavailable unknown', 'applied']);
    expect(writes).toEqual([3, 2, 1]);
  });

  test('throttled for long: told with its wait, and no other is delayed', async () => {
    const { answer, summary, results, stored, writes } = await play([armed('F05', 1)]);
    expect(answer.status).toBe(200);
    expect(summary).toEqual({ total: 3, applied: 2, notApplied: 1, unknown: 0 });
    expect(results[1]).toMatchObject({
      outcome: 'not-applied',
      problem: { status: 429, error: { code: 'graph-throttled' }, retryAfterSeconds: 3600 },
    });
    expect([stored, writes]).toEqual([[true, false, true], [3]]);
  });

  test.each<[string, Partial<ArmedFault>, string[], boolean[], number[]]>([
    // fault, its more, what each is told, what is stored, sizes of the batches of writes
    ['F01', { retryAfterSeconds: 1 }, ['applied', 'applied', 'applied'], [true, true, true], [3, 1]],
    ['F06', {}, ['applied', 'applied', 'applied'], [true, true, true], [3, 1]],
    ['F06', { times: 3 }, ['applied', 'graph-unavailable unknown', 'applied'], [true, false, true], [3, 1, 1]],
    ['F06', { times: 3, applied: true }, ['applied', 'applied', 'applied'], [true, true, true], [3, 1, 1]],
    ['F08-empty', {}, ['applied', 'applied', 'applied'], [true, true, true], [3, 1]],
    ['F12', {}, ['applied', 'operation-not-supported-by-graph not-applied', 'applied'], [true, false, true], [3]],
    ['F15-400', {}, ['applied', 'rejected-by-graph not-applied', 'applied'], [true, false, true], [3]],
    ['F16', {}, ['applied', 'update-not-visible unknown', 'applied'], [true, false, true], [3]],
    ['F16b-204', { delayMs: 100 }, ['applied', 'applied', 'applied'], [true, true, true], [3]],
    ['F16b-200', { delayMs: 100 }, ['applied', 'applied', 'applied'], [true, true, true], [3]],
    ['F16b-204-late', {}, ['applied', 'update-not-visible unknown', 'applied'], [true, true, true], [3]],
    ['F17-204', {}, ['applied', 'applied', 'applied'], [true, true, true], [3]],
    ['F76-missing', {}, ['applied', 'applied', 'applied'], [true, true, true], [3, 1]],
    ['F76-missing', { times: 3 }, ['applied', 'graph-error unknown', 'applied'], [true, false, true], [3, 1, 1]],
    ['F76-missing', { times: 3, applied: true }, ['applied', 'applied', 'applied'], [true, true, true], [3, 1, 1]],
  ])('%s %j', async (fault, more, told, stored, writes) => {
    const played = await play([armed(fault, 1, more)]);
    expect(played).toMatchObject({ answer: { status: 200 }, told, stored, writes });
  });

  test('an ambiguous attempt and then a certain refusal: the doubt stays', async () => {
    const { told, stored } = await play([armed('F06', 0), armed('F15-400', 0)]);
    expect(told).toEqual(['rejected-by-graph unknown', 'applied', 'applied']);
    expect(stored).toEqual([false, true, true]);
  });

  test('that could not be read before is written all the same', async () => {
    const { told } = await play([{ fault: 'F07-502', item: 2, method: 'GET' }]);
    expect(told).toEqual(['applied', 'applied', 'applied']);
  });
});

describe('F76 a batch as a whole', () => {
  const unread = useSystem({ ...scaled, AUDIT_FROM: 'none' });

  const all = (text: string) => [text, text, text];
  const post = (fault: string, more: Partial<ArmedFault> = {}) => ({ fault, method: 'POST', ...more }) as const;
  test.each<[string, Partial<ArmedFault>, string[], boolean, number]>([
    // fault, its more, what each is told, whether they are stored, batches of writes
    ['F23-reset', {}, all('applied'), true, 2],
    ['F23-reset', { times: 3 }, all('graph-connection-lost unknown'), false, 3],
    ['F23-reset', { times: 3, applied: true }, all('applied'), true, 3],
    ['F24-ok', { times: 3, applied: true }, all('applied'), true, 3],
    ['F17-204', { times: 3, applied: false }, all('graph-error unknown'), false, 3],
    ['F01', { retryAfterSeconds: 1 }, all('applied'), true, 2],
    ['F05', {}, all('graph-throttled not-applied'), false, 1],
    ['F06', {}, all('applied'), true, 2],
    ['F11-role', {}, all('graph-permission-missing not-applied'), false, 1],
    ['F15-400', {}, all('rejected-by-graph not-applied'), false, 1],
  ])('%s %j', async (fault, more, told, stored, batches) => {
    unread.emulator.reset();
    const played = await play([post(fault, more)], unread);
    expect(played).toMatchObject({ answer: { status: 200 }, told, stored: [stored, stored, stored] });
    expect(played.writes).toHaveLength(batches);
  });
});
