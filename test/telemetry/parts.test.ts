import { describe, expect, test } from '@jest/globals';
import { auditTexts } from '../../src/telemetry/audit.js';
import { threadEnvironment } from '../../src/telemetry/environment.js';
import { tellError } from '../../src/telemetry/exception.js';
import { outcomeOf, watchIngestion } from '../../src/telemetry/ingestion.js';
import type { Connection } from '../../src/telemetry/connection.js';
import { openOutbox } from '../../src/telemetry/outbox.js';
import { openPost } from '../../src/telemetry/post.js';
import type { MeasureRecord } from '../../src/telemetry/records.js';
import { update } from './fixture/process.js';

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
  test('fits its field however long the texts are', () => {
    const long = '"'.repeat(100_000);
    const changes = ['model', 'manufacturer'].map((property) => ({ property, from: long, to: long }));
    const text = auditTexts({ ...update, changes }).changes ?? '';
    expect(Buffer.byteLength(text)).toBeLessThan(8192);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe('the outbox', () => {
  const record = (value: number): MeasureRecord => ({ kind: 'sum', name: 'x', value, texts: {} });
  const open = (limit: number) => {
    let lost = 0;
    const outbox = openOutbox(limit, (count) => (lost += count));
    return { outbox, lost: () => lost };
  };

  test('gives events before dependencies before measures, each lane oldest first, in batches', () => {
    const { outbox } = open(1000);
    for (let value = 0; value < 250; value += 1) outbox.add('measures', record(value));
    outbox.add('dependencies', record(1));
    outbox.add('events', record(2));
    const taken = [outbox.take(), outbox.take(), outbox.take(), outbox.take()];
    expect(taken.map((batch) => [batch?.lane, batch?.records.length])).toEqual([
      ['events', 1],
      ['dependencies', 1],
      ['measures', 200],
      ['measures', 50],
    ]);
    expect(taken[3]?.records[0]).toEqual(record(200));
    expect(outbox.take()).toBeUndefined();
  });

  test('keeps the newest of each lane and counts the rest, after a batch came back too', () => {
    const { outbox, lost } = open(2);
    for (const value of [1, 2, 3]) outbox.add('events', record(value));
    outbox.add('measures', record(9));
    expect(lost()).toBe(1);
    const batch = outbox.take();
    outbox.add('events', record(4));
    if (batch) outbox.putBack(batch);
    expect(lost()).toBe(2);
    expect(outbox.take()?.records).toEqual([record(3), record(4)]);
    expect(outbox.size()).toBe(1);
  });
});

test('a thread that dies takes what it was given, and another one gets the rest', async () => {
  const record = (name: string): MeasureRecord => ({ kind: 'sum', name, value: 1, texts: {} });
  const got: string[][] = [];
  let lost = 0;
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
  const dropped = (count: number) => (lost += count);
  const delays = { startDelayMs: 0, restartDelayMs: 1, intervalMs: 3_600_000 };
  const post = openPost({ connect, ...delays, limit: 10, dropped, delivered: () => undefined });
  post.add('events', record('one'));
  post.add('measures', record('two'));
  while (got.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await post.close(1_000);
  expect(got).toEqual([['one'], ['two']]);
  expect(lost).toBe(1);
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
