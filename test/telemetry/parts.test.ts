import { describe, expect, test } from '@jest/globals';
import { auditTexts } from '../../src/telemetry/audit.js';
import { threadEnvironment } from '../../src/telemetry/environment.js';
import { logLines, quietly, tellError } from '../../src/telemetry/exception.js';
import { outcomeOf, watchIngestion } from '../../src/telemetry/ingestion.js';
import type { Connection } from '../../src/telemetry/connection.js';
import { openDrops } from '../../src/telemetry/drops.js';
import { openOutbox, type Outbox } from '../../src/telemetry/outbox.js';
import { openPost } from '../../src/telemetry/post.js';
import type { DependencyRecord, EventRecord } from '../../src/telemetry/records.js';
import { update } from './fixture/process.js';
import { until } from '../support/until.js';

describe('an answer of ingestion', () => {
  const answer = (status: number, retryAfter?: string, bodyAsText = '') =>
    outcomeOf({ status, bodyAsText, headers: { get: (name) => (name === 'retry-after' ? retryAfter : undefined) } });

  test.each([500, 502, 503, 504, 401, 403, 408, 429, 439])('%i may pass', (status) => {
    expect(answer(status)).toEqual({ again: true, refused: 0 });
  });
  test.each([301, 307, 308, 400, 402, 404, 413])('%i is final', (status) => {
    expect(answer(status)).toEqual({ again: false, refused: 'all' });
  });
  test('200 takes all, 206 what it says', () => {
    expect(answer(200)).toEqual({ again: false, refused: 0 });
    expect(answer(206, undefined, '{"itemsReceived":5,"itemsAccepted":3}')).toEqual({ again: false, refused: 2 });
    for (const body of ['', 'null', '{}', '{"itemsReceived":1,"itemsAccepted":3}', '{"itemsReceived":"x"}']) {
      expect(answer(206, undefined, body)).toEqual({ again: false, refused: 0 });
    }
  });
  test('a wait is read in seconds, and anything else is no wait', () => {
    expect(answer(429, ' 7 ')).toEqual({ again: true, refused: 0, retryAfterMs: 7000 });
    for (const text of ['', '-1', '1e3', '0x10', 'soon', '99999999999']) {
      expect(answer(429, text)).toEqual({ again: true, refused: 0 });
    }
  });
});

describe('the watch over requests to ingestion', () => {
  const response = (status: number) => ({ status, headers: { get: () => undefined } });

  test('gives each its time limit, and tells how the last one ended, once', async () => {
    const watch = watchIngestion(7);
    const request = { timeout: 0 };
    expect(watch.outcome()).toBeUndefined();
    await watch.sendRequest(request, () => Promise.resolve(response(500)));
    await watch.sendRequest(request, () => Promise.resolve(response(404)));
    expect(request.timeout).toBe(7);
    expect(watch.outcome()).toEqual({ again: false, refused: 'all' });
    expect(watch.outcome()).toBeUndefined();
  });

  test('what got no answer may be sent again', async () => {
    const watch = watchIngestion(7);
    await watch.sendRequest({ timeout: 0 }, () => Promise.reject(new Error('x'))).catch(() => undefined);
    expect(watch.outcome()).toEqual({ again: true, refused: 0 });
  });

  test('a late answer is not taken for that of a later request', async () => {
    const watch = watchIngestion(7);
    const late = Promise.withResolvers<ReturnType<typeof response>>();
    const first = watch.sendRequest({ timeout: 0 }, () => late.promise);
    expect(watch.outcome()).toEqual({ again: true, refused: 0 });
    late.resolve(response(200));
    await first;
    expect(watch.outcome()).toBeUndefined();
  });
});

describe('what is told of an error', () => {
  test('its type, its code and its frames, whatever its message looks like', () => {
    const error = Object.assign(new RangeError('SECRET\n    at SECRET (a:1:1)'), { code: 'ERR_SOME_CODE' });
    const { type, code, frames } = tellError(error);
    expect([type, code]).toEqual(['RangeError', 'ERR_SOME_CODE']);
    expect(frames).toMatch(/^ {4}at .*parts\.test/);
    expect(frames).not.toContain('SECRET');
  });
  test.each([
    ['a name that is no name', Object.assign(new Error('x'), { name: 'a SECRET\nname' }), 'Error'],
    ['a code that is no code', Object.assign(new Error('x'), { code: 'SECRET value' }), 'Error'],
    ['a message that was changed after the throw', Object.assign(new Error('SECRET'), { message: 'y' }), 'Error'],
    ['a stack that is none', Object.assign(new Error('x'), { stack: { at: 'SECRET' } }), 'Error'],
    ['a text', 'SECRET', 'thrown string'],
    ['nothing', undefined, 'thrown undefined'],
  ])('%s gives nothing away', (_, error, type) => {
    expect(tellError(error).type).toBe(type);
    expect(JSON.stringify(tellError(error))).not.toContain('SECRET');
  });
});

test('the log gets the same of an error, and what is only told to others ends nothing', () => {
  const lines = logLines(Object.assign(new RangeError('SECRET\n    at SECRET (a:1:1)'), { code: 'ERR_SOME_CODE' }));
  expect(lines).toMatch(/^RangeError ERR_SOME_CODE\n {4}at .*parts\.test/);
  expect(lines).not.toContain('SECRET');
  const throwing = Object.defineProperty(new Error('x'), 'stack', {
    get: () => {
      throw new Error('SECRET');
    },
  });
  expect([logLines(throwing), logLines('SECRET')]).toEqual(['Error', 'thrown string']);
  quietly(() => {
    throw throwing;
  });
});

describe('an audit event', () => {
  test('tells an old value that is null from one that is not known', () => {
    const changes = [
      { property: 'model', from: null, to: 'x' },
      { property: 'manufacturer', to: null },
    ];
    expect(JSON.parse(auditTexts({ ...update, changes }).changes ?? '')).toEqual([
      { property: 'model', fromKnown: true, from: null, to: 'x' },
      { property: 'manufacturer', fromKnown: false, to: null },
    ]);
  });
  test('holds values, and of anything else only that it was none', () => {
    let nested: unknown = 'SECRET';
    for (let depth = 0; depth < 6_000; depth += 1) nested = [nested];
    const changes = [{ property: 'model', from: nested, to: 'x' }];
    expect(auditTexts({ ...update, changes }).changes).toBe(
      '[{"property":"model","fromKnown":true,"from":"(not a value)","to":"x"}]',
    );
  });
  test('fits its field however long the texts are', () => {
    const long = '"'.repeat(100_000);
    const changes = ['model', 'manufacturer'].map((property) => ({ property, from: long, to: long }));
    const text = auditTexts({ ...update, changes }).changes ?? '';
    expect(Buffer.byteLength(text)).toBeLessThan(8192);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe('the outbox', () => {
  const event = (name: string | number): EventRecord => ({
    ...{ kind: 'event', traceparent: undefined, name: String(name), atMs: 0, texts: {}, numbers: {} },
  });
  const dependency = (name: string | number): DependencyRecord => ({
    ...{ kind: 'dependency', traceparent: undefined, name: String(name), method: 'GET', target: 'x' },
    ...{ startMs: 0, durationMs: 0, status: 200, success: true, texts: {}, numbers: {} },
  });
  const open = (limit: number) => {
    let lost = 0;
    const outbox = openOutbox(limit, (count) => (lost += count));
    const left = () => {
      const names: string[][] = [];
      for (let batch = outbox.take(); batch !== undefined; batch = outbox.take())
        names.push(batch.records.map(({ name }) => name));
      return names;
    };
    return { outbox, lost: () => lost, left };
  };
  const fill = ({ add }: Outbox, count: number, record: (number: number) => EventRecord | DependencyRecord) => {
    for (let number = 0; number < count; number += 1) add(record(number));
  };

  test('gives events before dependencies, each oldest first, in batches', () => {
    const { outbox, left } = open(1000);
    fill(outbox, 250, dependency);
    outbox.add(event('e'));
    const names = left();
    expect(names.map(({ length }) => length)).toEqual([1, 200, 50]);
    expect(names.flat()).toEqual(['e', ...Array.from({ length: 250 }, (_, number) => String(number))]);
  });

  test('loses nothing of one kind while there is room for another', () => {
    const { outbox, lost, left } = open(100);
    fill(outbox, 100, event);
    expect(lost()).toBe(0);
    expect(left().flat()).toHaveLength(100);
    fill(outbox, 100, dependency);
    expect(lost()).toBe(0);
  });

  test.each([
    { events: 3, dependencies: 9, kept: ['0', '1', '2', 'd7', 'd8'] },
    { events: 9, dependencies: 9, kept: ['4', '5', '6', '7', '8'] },
    { events: 0, dependencies: 7, kept: ['d2', 'd3', 'd4', 'd5', 'd6'] },
  ])('when full, the oldest dependency goes first: $events, $dependencies', ({ events, dependencies, kept }) => {
    const { outbox, lost, left } = open(5);
    fill(outbox, dependencies, (number) => dependency(`d${number}`));
    fill(outbox, events, event);
    expect(left().flat()).toEqual(kept);
    expect(lost()).toBe(events + dependencies - 5);
  });

  test('a batch that comes back is the oldest again, and has no more room than others', () => {
    const { outbox, lost, left } = open(3);
    fill(outbox, 3, event);
    const batch = outbox.take();
    outbox.add(event('new'));
    if (batch) outbox.putBack(batch);
    expect(lost()).toBe(1);
    expect(left().flat()).toEqual(['1', '2', 'new']);
  });

  test('values of a metric are one total while they wait, and need no room', () => {
    const { outbox, lost } = open(1);
    for (const outcome of ['applied', 'unknown', 'applied']) outbox.measure('sum', 'updates', 1, { outcome });
    for (const value of [1, 4, 1]) outbox.measure('distribution', 'attempts', value, {});
    const taken = outbox.takeMeasures();
    const total = (count: number, sum: number, greatest: number) => ({ count, sum, least: 1, greatest });
    expect(taken?.records).toEqual([
      { kind: 'sum', name: 'updates', texts: { outcome: 'applied' }, ...total(2, 2, 1) },
      { kind: 'sum', name: 'updates', texts: { outcome: 'unknown' }, ...total(1, 1, 1) },
      { kind: 'distribution', name: 'attempts', texts: {}, ...total(3, 6, 4) },
    ]);
    expect([outbox.takeMeasures(), outbox.size()]).toEqual([undefined, 0]);
    outbox.measure('distribution', 'attempts', 9, {});
    if (taken) outbox.putBack(taken);
    expect(outbox.takeMeasures()?.records).toContainEqual(expect.objectContaining({ count: 4, sum: 15, greatest: 9 }));
    expect(lost()).toBe(0);
  });
});

test('losses are counted by cause, told in one sentence and measured once', () => {
  const lines: string[] = [];
  const drops = openDrops(3_600_000, (line) => lines.push(line));
  drops.tell();
  drops.add('room', 2);
  drops.add('refused', 1);
  drops.add('room', 3);
  drops.tell();
  drops.tell();
  expect(lines).toEqual([
    'Warning: records of telemetry were lost: 5 had no room while ingestion was slow or away, 1 were refused by ingestion for good.',
  ]);
  expect(drops.takeUnmeasured()).toEqual([
    ['room', 5],
    ['refused', 1],
  ]);
  expect([drops.takeUnmeasured(), drops.all()]).toEqual([[], 6]);
});

describe('the post', () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  const delays = { startDelayMs: 0, restartDelayMs: 1, intervalMs: 3_600_000 };
  const record = (name: string): EventRecord => ({
    ...{ kind: 'event', traceparent: undefined, name, atMs: 0, texts: {}, numbers: {} },
  });

  test('a thread that dies takes what it was given, and another one gets the rest', async () => {
    const got: string[][] = [];
    const lost: [string, number][] = [];
    const connect = (): Connection => {
      const mine: string[] = [];
      const first = got.push(mine) === 1;
      return {
        send: (records) => {
          mine.push(...records.map(({ name }) => name));
          return Promise.resolve({ again: false, refused: first ? Infinity : 0 });
        },
        ended: () => first,
        close: () => Promise.resolve(),
      };
    };
    const dropped = (...given: [string, number]) => lost.push(given);
    const post = openPost({ connect, ...delays, limit: 10, dropped, delivered: () => undefined });
    post.add(record('one'));
    post.measure('sum', 'two', 1, {});
    await until('both batches', () => got.length >= 2);
    await post.close(1_000);
    expect(got).toEqual([['one'], ['two']]);
    expect(lost).toEqual([['thread', 1]]);
  });

  test('measures leave once an interval, however long a flood of events takes', async () => {
    const sent: string[] = [];
    let flood = true;
    const connect = (): Connection => ({
      send: async (records) => {
        sent.push(records[0]?.name ?? '');
        if (flood) post.add(record('event'));
        await pause();
        return { again: false, refused: 0 };
      },
      ended: () => false,
      close: () => Promise.resolve(),
    });
    const options = { connect, ...delays, intervalMs: 20, limit: 10, dropped: () => 0, delivered: () => undefined };
    const post = openPost(options);
    post.add(record('event'));
    post.measure('sum', 'measure', 1, {});
    await until('the measure', () => sent.includes('measure'));
    expect(sent.indexOf('measure')).toBeGreaterThan(0);
    flood = false;
    await post.close(1_000);
  });
});

describe('the thread’s environment', () => {
  test('holds the way to the identity and to the network, and nothing else of the process’s', () => {
    const own = { IDENTITY_ENDPOINT: 'http://x', IDENTITY_HEADER: 'y', https_proxy: 'http://proxy' };
    const environment = threadEnvironment({
      ...own,
      PATH: 'SECRET',
      WEBSITE_OWNER_NAME: 'SECRET',
      NODE_OPTIONS: 'SECRET',
    });
    expect(environment).toMatchObject(own);
    expect(JSON.stringify(environment)).not.toContain('SECRET');
  });
  test('tells instances apart without naming them', () => {
    const instance = (id: string) => threadEnvironment({ WEBSITE_INSTANCE_ID: id }).OTEL_RESOURCE_ATTRIBUTES ?? '';
    expect(instance('one')).not.toBe(instance('two'));
    expect(instance('one')).toBe(instance('one'));
    expect(instance('one')).toMatch(/^service\.instance\.id=[0-9a-f]{16}$/);
  });
});
