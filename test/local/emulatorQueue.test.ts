import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { beta, capture, firstModel, graphToken } from '../support/emulatorCalls.js';

const first = firstModel();
let emulator: Emulator;
let headers: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator();
  headers = { authorization: `Bearer ${await graphToken(emulator)}`, 'content-type': 'application/json' };
});
beforeEach(() => {
  emulator.reset();
});
afterAll(() => emulator.close());

/** Any object of the collection under an id of its own. */
function add(id: string): string {
  emulator.put({ ...first, id });
  return id;
}
const write = async (id: string, windowsScore = 1) => {
  const path = `${emulator.graphUrl}${beta(id)}`;
  const response = await fetch(path, { method: 'PATCH', headers, body: JSON.stringify({ windowsScore }) });
  await response.text();
  return response.status;
};

describe('the queue of faults', () => {
  test('plays in the order of arming, one fault for each request, then goes on normally', async () => {
    emulator.arm([{ fault: 'F01' }, { fault: 'none' }, { fault: 'F08-500', times: 2 }]);
    emulator.arm({ fault: 'F12' });
    const statuses: number[] = [];
    for (let call = 0; call < 7; call += 1) statuses.push(await write(first.id));
    expect(statuses).toEqual([429, 200, 500, 500, 404, 200, 200]);
    expect(emulator.requests({ id: first.id }).map(({ fault }) => fault)).toEqual([
      'F01',
      'none',
      'F08-500',
      'F08-500',
      'F12',
      undefined,
      undefined,
    ]);
    expect(emulator.armed()).toEqual([]);
  });

  test('scripts of different models do not disturb each other, however they mix', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => add(`model-${index}`));
    for (const id of ids)
      emulator.arm([
        { fault: 'F06', model: id },
        { fault: 'F07-504', model: id },
      ]);
    const statuses = await Promise.all(ids.map(async (id) => [await write(id), await write(id), await write(id)]));
    expect(statuses).toEqual(ids.map(() => [503, 504, 200]));
  });

  test('waits for its method; PATCH unless told otherwise', async () => {
    const read = async () => (await fetch(`${emulator.graphUrl}${beta(first.id)}`, { headers })).status;
    emulator.arm([
      { fault: 'F01' },
      { fault: 'F06', method: 'GET' },
      { fault: 'F12', method: 'any', model: first.id, times: 2 },
    ]);
    expect([await read(), await read(), await write(first.id), await write(first.id), await read()]).toEqual([
      503, 404, 429, 404, 200,
    ]);
  });

  test('a rate strikes the same requests of a sequence for the same seed', async () => {
    const play = async (seed: number) => {
      emulator.reset();
      emulator.arm({ fault: 'F01', rate: 0.3, seed });
      const statuses: number[] = [];
      for (let call = 0; call < 40; call += 1) statuses.push(await write(first.id));
      return statuses;
    };
    const one = await play(7);
    expect(await play(7)).toEqual(one);
    expect(await play(8)).not.toEqual(one);
    const struck = one.filter((status) => status === 429).length;
    expect(struck).toBeGreaterThan(4);
    expect(struck).toBeLessThan(22);
  });

  test('strikes items of a batch: an answer the item, the connection the whole batch', async () => {
    const ids = ['a', 'b', 'c'].map(add);
    const send = () => {
      const requests = ids.map((id) => ({
        id,
        method: 'PATCH',
        url: beta(id).replace('/beta', ''),
        headers: { 'content-type': 'application/json' },
        body: { windowsScore: 9 },
      }));
      const body = JSON.stringify({ requests });
      return capture(emulator.graphUrl, { method: 'POST', path: '/beta/$batch', headers, body });
    };
    emulator.arm([
      { fault: 'F01', model: 'a', retryAfterSeconds: 7 },
      { fault: 'F76-missing', model: 'b' },
      { fault: 'F16', model: 'c' },
      { fault: 'F23-reset', model: 'a', applied: true },
    ]);
    const { text } = await send();
    const { responses } = JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as { responses: unknown[] };
    expect(responses).toMatchObject([
      { id: 'c', status: 200, body: { windowsScore: first.windowsScore } },
      { id: 'a', status: 429, headers: { 'Retry-After': '7' }, body: { error: { code: 'TooManyRequests' } } },
    ]);
    const scores = () => ids.map((id) => emulator.model(id)?.windowsScore);
    expect(scores()).toEqual([first.windowsScore, first.windowsScore, first.windowsScore]);

    // While the batch itself has a fault, those of its items wait.
    emulator.arm({ fault: 'F07-504', method: 'POST', applied: true });
    expect((await send()).text).toMatch(/^HTTP\/1.1 504 /);
    expect(scores()).toEqual([9, 9, 9]);
    expect(emulator.armed()).toEqual([{ fault: 'F23-reset', model: 'a', applied: true, times: 1 }]);
    expect(await send()).toEqual({ text: '', end: 'reset' });
  });

  test.each([
    ['an unknown id', { fault: 'F99' }, /F01.*F33/],
    ['a note', { fault: 'F22' }, /https/],
    ['a condition on the whole emulator', { fault: 'F21', model: 'a' }, /model/],
    ['no times', { fault: 'F01', times: 0 }, /times/],
    ['an unknown word', { fault: 'F01', modle: 'a' }, /modle/],
  ])('refuses %s and says why', (_, armed, why) => {
    expect(() => {
      emulator.arm(armed);
    }).toThrow(why);
    expect(emulator.armed()).toEqual([]);
  });
});
