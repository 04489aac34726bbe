import { describe, expect, test } from '@jest/globals';
import { faults } from '../../local/emulator/faults.js';
import type { Envelope } from '../../local/emulator/ingestion.js';
import { play, scaled, wanted } from '../support/play.js';
import { useSystem, useSystems } from '../support/useSystem.js';
import { found } from '../support/until.js';

// The product as a whole, and what reaches ingestion of its calls.

const system = useSystem({ ...scaled, TELEMETRY_INTERVAL_MS: '100' }, { telemetry: true });
const start = useSystems();

const trace = (number: number) => number.toString(16).padStart(32, '0');
const traced = (number: number) => ({ traceparent: `00-${trace(number)}-${'b'.repeat(16)}-01` });

const properties = ({ data }: Envelope) => data.baseData.properties as Record<string, string>;
const ofTrace = (number: number, kind: string) =>
  system.emulator.ingestion.envelopes(kind).filter(({ tags }) => tags['ai.operation.id'] === trace(number));

/** So many envelopes of a kind of one trace; kinds travel apart, so that each has to be waited for. */
const arrived = (number: number, kind: string, count: number): Promise<Envelope[]> =>
  found(`${count} envelopes of ${kind}`, () => {
    const sent = ofTrace(number, kind);
    return sent.length >= count ? sent : undefined;
  });

const audited = (number: number) => arrived(number, 'Event', 1);

describe('an update leaves', () => {
  test('one audit event with from and to, and one dependency for each request to Graph, in the caller’s trace', async () => {
    const { before, answer } = await play(system, [{ fault: 'F06' }], 'update', traced(1));
    expect(answer.status).toBe(200);
    const [event, ...more] = await audited(1);
    expect(more).toEqual([]);
    expect(event?.data.baseData).toMatchObject({ name: 'ModelPerformanceUpdated' });
    expect(event && properties(event)).toMatchObject({
      callerApplicationId: expect.stringMatching(/^[\da-f-]{36}$/),
      callerRoles: 'ModelPerformance.Write',
      resourceId: before.id,
      outcome: 'applied',
      refused: 'false',
    });
    expect(JSON.parse((event && properties(event).changes) ?? '')).toEqual(
      Object.entries(wanted).map(([property, to]) => ({
        property,
        fromKnown: true,
        from: before[property as keyof typeof before],
        to,
      })),
    );

    const all = await arrived(1, 'RemoteDependency', 4);
    const dependencies = all.filter(({ data }) => String(data.baseData.name).includes('model-performance'));
    // The fourth is the request for the token, made for this call.
    expect(all).toHaveLength(4);
    expect(
      dependencies.map(({ data }) => [data.baseData.name, data.baseData.resultCode, data.baseData.success]).sort(),
    ).toEqual([
      ['GET model-performance', '200', true],
      ['PATCH model-performance', '200', true],
      ['PATCH model-performance', '503', false],
    ]);
    const parents = new Set(dependencies.map(({ tags }) => tags['ai.operation.parentId']));
    expect(parents.size).toBe(1);
    expect(event?.tags['ai.operation.parentId']).toBe([...parents][0]);
    expect(ofTrace(1, 'Request')).toEqual([]);
  });

  test.each([
    { number: 2, what: 'a body that breaks the contract', body: { windowsScore: 'x' }, problem: 'invalid-body' },
    { number: 3, what: 'no token', body: wanted, headers: { authorization: '' }, problem: 'unauthenticated' },
    { number: 4, what: 'an id that is none', id: 'a%20b', body: wanted, problem: 'invalid-id' },
  ])('an audit event that is marked, when it is refused: $what', async ({ number, id, body, headers, problem }) => {
    const model = system.emulator.models()[0]?.id ?? '';
    await system.patch(id ?? model, body, { ...traced(number), ...headers });
    const [event] = await audited(number);
    expect(event && properties(event)).toMatchObject({
      problem,
      refused: 'true',
      outcome: 'not-applied',
      changes: '[]',
    });
    expect(
      ofTrace(number, 'RemoteDependency').filter(({ data }) => String(data.baseData.name).includes('model')),
    ).toEqual([]);
  });

  test('no value that was not known before, when the read before it failed', async () => {
    await play(
      system,
      [
        { fault: 'F12', times: 1 },
        { fault: 'F06', method: 'GET' },
      ],
      'update',
      traced(5),
    );
    const [event] = await audited(5);
    expect(event && properties(event)).toMatchObject({
      problem: 'not-found',
      outcome: 'not-applied',
      refused: 'false',
    });
    expect(event && properties(event).changes).toContain('"fromKnown":false');
  });

  test('nothing to an auditor when it was a preview', async () => {
    await play(system, [], 'preview', traced(6));
    await play(system, [], 'update', traced(7));
    await audited(7);
    expect(ofTrace(6, 'Event')).toEqual([]);
    expect(await arrived(6, 'RemoteDependency', 1)).toHaveLength(1);
  });

  test('one audit event for each update of a batch, and one dependency for each request of it', async () => {
    const models = system.emulator.models().slice(0, 3);
    const sent = { updates: models.map(({ id }) => ({ id, windowsScore: 12.5 })) };
    system.emulator.arm({ fault: 'F15-400', method: 'PATCH', model: models[1]?.id ?? '' });
    const headers = { ...traced(40), 'content-type': 'application/json' };
    const body = JSON.stringify(sent);
    const answer = await system.call('/api/v1/model-performance/batch', { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    const events = (await arrived(40, 'Event', 3)).map(properties);
    expect(events.map(({ resourceId, outcome, problem }) => [resourceId, outcome, problem]).sort()).toEqual(
      [
        [models[0]?.id, 'applied', ''],
        [models[1]?.id, 'not-applied', 'rejected-by-graph'],
        [models[2]?.id, 'applied', ''],
      ].sort(),
    );
    const from = events.map(({ changes = '' }) => JSON.parse(changes) as { from: unknown }[]).map(([one]) => one?.from);
    expect(from.sort()).toEqual(models.map(({ windowsScore }) => windowsScore).sort());
    const names = (await arrived(40, 'RemoteDependency', 2)).map(({ data }) => data.baseData.name);
    expect(names.sort()).toEqual(['POST $batch GET model-performance', 'POST $batch PATCH model-performance']);
  });

  test('one audit event for a batch that is refused', async () => {
    const headers = { ...traced(41), 'content-type': 'application/json' };
    await system.call('/api/v1/model-performance/batch', { method: 'POST', headers, body: '{"updates":[]}' });
    const [event, ...more] = (await audited(41)).map(properties);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ outcome: 'not-applied', problem: 'invalid-body', refused: 'true', changes: '[]' });
  });
});

test('every one of many updates at once is there', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, index) => play(system, [], 'update', traced(1000 + index))));
  for (let index = 0; index < 200; index++) expect(await audited(1000 + index)).toHaveLength(1);
});

describe('F35 ingestion is in trouble: no answer changes', () => {
  const rows = [...faults.values()].filter(({ id, act }) => id.startsWith('F35') && act.do !== 'note');
  test.each(rows.map(({ id, act }) => ({ id, act })))('$id', async ({ id, act }) => {
    system.emulator.arm(act.do === 'refuse' ? { fault: id } : { fault: id, times: 'always' });
    const played = await Promise.all(Array.from({ length: 10 }, () => play(system, [])));
    expect(played.map(({ answer }) => answer.status)).toEqual(played.map(() => 200));
    system.emulator.disarm();
  });

  test('the name cannot be resolved', async () => {
    const lost = await start({
      ...scaled,
      APPLICATIONINSIGHTS_CONNECTION_STRING:
        'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://ingestion.invalid/',
    });
    expect((await play(lost, [])).answer.status).toBe(200);
  });
});

test('F36 without a connection string it starts, and says so in one line', async () => {
  const silent = await start();
  expect(silent.host.output.err.match(/^Warning: there is no telemetry.*\n/gm)).toHaveLength(1);
});
