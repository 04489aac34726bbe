import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { beta, callGraph, firstModel, graphToken, json, type Reply, type Sent } from '../support/emulatorCalls.js';

const first = firstModel();
let emulator: Emulator;
let token: string;

beforeAll(async () => {
  emulator = await startEmulator();
  token = await graphToken(emulator);
});
beforeEach(() => {
  emulator.reset();
});
afterAll(() => emulator.close());

const call = (method: string, path: string, sent: Partial<Sent> = {}) =>
  callGraph(emulator, method, path, { as: token, ...sent });

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
    expect(emulator.requests({ id: first.id }).map(({ status, inBatch }) => [status, inBatch])).toEqual([
      [200, true],
      [400, true],
      [200, true],
    ]);
    expect(emulator.requests({ method: 'POST' })).toHaveLength(1);
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
    expect(emulator.model(first.id)).toEqual(first);
  });

  test('twenty items are good; dependsOn is not emulated', async () => {
    expect(responsesOf(await batch(Array.from({ length: 20 }, (_, index) => item(String(index)))))).toHaveLength(20);
    expect((await batch([item('1', { dependsOn: ['2'] })])).status).toBe(501);
  });
});

describe('the quota', () => {
  test('counts every write within 20 seconds, those in batches and those refused too', async () => {
    let at = Date.now();
    const limited = await startEmulator({ writesPer20s: 3, now: () => at });
    const write = () => callGraph(limited, 'PATCH', beta(first.id), { as: token, body: { windowsScore: 1 } });
    try {
      const url = `${modelPerformance.path}/${first.id}`;
      const requests = ['1', '2'].map((id) => ({ id, method: 'PATCH', url, headers: json, body: { windowsScore: 2 } }));
      await callGraph(limited, 'POST', '/beta/$batch', { as: token, body: { requests } });
      at += 5000;
      expect((await write()).status).toBe(200);
      const refused = await write();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '15']);
      at += 15_001;
      expect((await write()).status).toBe(200);
      expect((await write()).status).toBe(429);
      expect((await callGraph(limited, 'GET', beta(first.id), { as: token })).status).toBe(200);
      limited.reset();
      expect((await write()).status).toBe(200);
    } finally {
      await limited.close();
    }
  });
});
