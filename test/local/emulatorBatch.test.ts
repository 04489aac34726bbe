import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { faults } from '../../local/emulator/faults.js';
import type { QuotaLimits } from '../../local/emulator/quota.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import {
  arrived,
  beta,
  callGraph,
  capture,
  firstModel,
  json,
  messageOf,
  type Reply,
} from '../support/emulatorCalls.js';
import { useEmulator } from '../support/useEmulator.js';

const first = firstModel();
const graph = useEmulator();
const { call } = graph;

describe('$batch', () => {
  const item = (id: string, more: object = {}) => ({
    id,
    method: 'PATCH',
    url: `/${modelPerformance.path}/${first.id}`,
    headers: json,
    body: { windowsScore: 1 },
    ...more,
  });
  const batch = (requests: unknown) => call('POST', '/beta/$batch', { body: { requests } });
  const responsesOf = ({ body }: Reply) =>
    body.responses as { id: string; status: number; headers: object; body: unknown }[];

  test('each item has its own status, in an order of Graph’s own, and the same records as a call', async () => {
    const reply = await batch([
      item('1'),
      item('2', { headers: {} }),
      item('3', { url: `/${modelPerformance.path}/nobody` }),
      item('4', { method: 'GET', headers: undefined, body: undefined }),
      item('5', { url: '/users' }),
    ]);
    expect(reply.status).toBe(200);
    const statuses = responsesOf(reply).map(({ id, status }) => [id, status]);
    expect(statuses).toEqual([
      ['5', 501],
      ['4', 200],
      ['3', 404],
      ['2', 400],
      ['1', 200],
    ]);
    expect(responsesOf(reply)[4]).toMatchObject({
      headers: { 'Content-Type': expect.any(String) as unknown },
      body: { windowsScore: 1 },
    });
    expect(graph.emulator.requests({ id: first.id }).map(({ status, inBatch }) => [status, inBatch])).toEqual([
      [200, true],
      [400, true],
      [200, true],
    ]);
    expect(graph.emulator.requests({ method: 'POST' })).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ['21 items', Array.from({ length: 21 }, (_, index) => item(String(index)))],
    ['no item', []],
    ['no array', 'x'],
    ['the same id twice', [item('1'), item('1')]],
    ['no id', [item('')]],
    ['an absolute address', [item('1', { url: 'https://graph.microsoft.com/beta/users' })]],
    ['a batch in a batch', [item('1', { url: '/$batch' })]],
    ['no url', [item('1', { url: undefined })]],
  ])('%s: 400', async (_, requests) => {
    expect((await batch(requests)).status).toBe(400);
    expect(graph.emulator.model(first.id)).toEqual(first);
  });

  test('twenty items are good; dependsOn is not emulated', async () => {
    expect(responsesOf(await batch(Array.from({ length: 20 }, (_, index) => item(String(index)))))).toHaveLength(20);
    expect((await batch([item('1', { dependsOn: ['2'] })])).status).toBe(501);
  });
});

describe('faults of a whole batch', () => {
  const requests = ['1', '2'].map((id) => ({
    id,
    method: 'PATCH',
    url: `/${modelPerformance.path}/${first.id}`,
    headers: json,
    body: { windowsScore: Number(id) },
  }));

  /** What came of it: the status and the body, or how the connection ended; and whether the items were done. */
  async function played(fault: string) {
    graph.emulator.arm({ fault });
    const { text, end } = await capture(graph.emulator.graphUrl, {
      method: 'POST',
      path: '/beta/$batch',
      headers: { ...json, authorization: `Bearer ${graph.token}` },
      body: JSON.stringify({ requests }),
    });
    const [, status, rest = ''] = /^HTTP\/1\.1 (\d+) [^]*?\r\n\r\n([^]*)$/.exec(text) ?? [];
    return { status: Number(status), end, done: graph.emulator.model(first.id)?.windowsScore === 2, body: rest, text };
  }

  test.each<[string, object]>([
    ['429', { status: 429, done: false, text: expect.stringContaining('retry-after: 2') }],
    ['429-none', { status: 429, done: false, text: expect.not.stringMatching(/retry-after/i) }],
    ['400', { status: 400, done: false }],
    ['401', { status: 401, done: false }],
    ['500', { status: 500, done: true }],
    ['503', { status: 503, done: false, text: expect.stringContaining('retry-after: 2') }],
    ['504', { status: 504, done: true }],
    ['html', { status: 200, done: true, body: expect.stringContaining('<html>') }],
    ['empty', { status: 200, done: true, body: '{}' }],
    ['cut', { status: 200, done: true, end: 'reset', body: expect.stringMatching(/^\{"responses":\[\{/) }],
    ['lost', { done: true, end: 'reset', text: '' }],
    ['never', { done: false, end: 'reset', text: '' }],
  ])('F76-envelope-%s', async (name, shows) => {
    expect(await played(`F76-envelope-${name}`)).toMatchObject({ end: 'fin', ...shows });
    expect(graph.emulator.requests({ method: 'POST' })).toMatchObject([{ fault: `F76-envelope-${name}` }]);
  });

  test('a 429 of the connection, which an item of it draws, leaves all items undone', async () => {
    const model = first.id;
    graph.emulator.arm({ fault: 'F04b-lines', model });
    const { text } = await capture(graph.emulator.graphUrl, {
      method: 'POST',
      path: '/beta/$batch',
      headers: { ...json, authorization: `Bearer ${graph.token}` },
      body: JSON.stringify({ requests }),
    });
    expect(text).toMatch(/^HTTP\/1\.1 429 /);
    expect(graph.emulator.model(model)).toEqual(first);
  });

  test('F76-envelope-hang answers nothing until it is disarmed', async () => {
    const answer = played('F76-envelope-hang');
    await arrived(graph.emulator, { id: first.id }, 2);
    graph.emulator.disarm();
    expect(await answer).toMatchObject({ text: '', done: true });
  });

  test('every row of batches is played', () => {
    const here = [
      '429',
      '429-none',
      '400',
      '401',
      '500',
      '503',
      '504',
      'html',
      'empty',
      'cut',
      'lost',
      'never',
      'hang',
    ];
    const rows = [...faults.keys()].filter((id) => id.startsWith('F76'));
    // F76-missing strikes an item: it is played in the test of the queue of faults.
    expect(rows).toEqual(['F76-missing', ...here.map((name) => `F76-envelope-${name}`)]);
  });
});

describe('the quota', () => {
  let at = Date.now();
  let limited: Emulator;
  const write = () => callGraph(limited, 'PATCH', beta(first.id), { as: graph.token, body: { windowsScore: 1 } });
  const batchOf = (count: number) => {
    const url = `${modelPerformance.path}/${first.id}`;
    const requests = Array.from({ length: count }, (_, index) => ({
      id: String(index),
      method: 'PATCH',
      url,
      headers: json,
      body: { windowsScore: 2 },
    }));
    return callGraph(limited, 'POST', '/beta/$batch', { as: graph.token, body: { requests } });
  };
  beforeAll(async () => {
    limited = await startEmulator({ quota: { writes: 3 }, now: () => at });
  });
  beforeEach(() => {
    limited.reset();
  });
  afterAll(() => limited.close());

  test('counts every write within 20 seconds, those in batches and those refused too', async () => {
    await batchOf(2);
    at += 5000;
    expect((await write()).status).toBe(200);
    const refused = await write();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15']);
    at += 15_001;
    expect((await write()).status).toBe(200);
    expect((await write()).status).toBe(429);
    expect((await callGraph(limited, 'GET', beta(first.id), { as: graph.token })).status).toBe(200);
    expect(limited.quota.counts()).toEqual({ batch: 2, single: 4, refused: { batch: 0, single: 2 }, most: 4 });
    limited.reset();
    expect((await write()).status).toBe(200);
  });

  test('refuses items of a batch one by one', async () => {
    const { status, body } = await batchOf(5);
    const statuses = (body.responses as { status: number }[]).map((item) => item.status);
    expect([status, statuses]).toEqual([200, [429, 429, 200, 200, 200]]);
    expect(limited.quota.counts()).toEqual({ batch: 5, single: 0, refused: { batch: 2, single: 0 }, most: 5 });
  });

  test.each<[QuotaLimits['wait'], string | null, RegExp]>([
    ['header', '4', /"RetryAfter":null/],
    ['nested', null, /"RetryAfter":4/],
    ['none', null, /"RetryAfter":null/],
  ])('tells its wait as asked: %s', async (wait = 'header', header, nested) => {
    limited.quota.limit({ writes: 1, windowMs: 4000, wait });
    await write();
    const refused = await write();
    expect(refused).toMatchObject({ status: 429 });
    expect(refused.headers.get('retry-after')).toBe(header);
    expect(messageOf(refused)).toMatch(nested);
    at += 4001;
    expect((await write()).status).toBe(200);
  });

  test('is read and changed over HTTP', async () => {
    const quota = async (body?: string) => {
      const answer = await fetch(`${limited.identityUrl}/__quota`, body === undefined ? {} : { method: 'PUT', body });
      return { status: answer.status, body: await answer.json() };
    };
    await write();
    expect((await quota()).body).toEqual({
      limits: { writes: 3, windowMs: 20_000, wait: 'header' },
      counts: { batch: 0, single: 1, refused: { batch: 0, single: 0 }, most: 1 },
    });
    expect(await quota('{"writes":50,"windowMs":1000}')).toEqual({
      status: 200,
      body: { limits: { writes: 50, windowMs: 1000, wait: 'header' } },
    });
    expect(await quota('{"writes":0}')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('writes') },
    });
    expect(await quota('{}')).toMatchObject({ body: { limits: { writes: null } } });
    await batchOf(20);
    expect(limited.quota.counts().refused).toEqual({ batch: 0, single: 0 });
  });
});
