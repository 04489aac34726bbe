import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { faults } from '../../local/emulator/faults.js';
import { arrived, beta, capture, firstModel, graphToken } from '../support/emulatorCalls.js';

const first = firstModel();
let emulator: Emulator;
let headers: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ recordLimit: 50 });
  headers = { authorization: `Bearer ${await graphToken(emulator)}`, 'content-type': 'application/json' };
});
beforeEach(() => {
  emulator.reset();
});
afterAll(() => emulator.close());

const write = async (id: string, windowsScore = 1) => {
  const path = `${emulator.graphUrl}${beta(id)}`;
  const response = await fetch(path, { method: 'PATCH', headers, body: JSON.stringify({ windowsScore }) });
  await response.text();
  return response.status;
};
const control = async (method: string, path: string, body?: unknown) => {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${emulator.identityUrl}${path}`, { method, body: text });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('control over HTTP', () => {
  test('arms, shows and disarms', async () => {
    const table = (await control('GET', '/__faults')).body;
    expect((table.faults as { id: string }[]).map(({ id }) => id)).toEqual([...faults.keys()]);
    await control('POST', '/__faults', { fault: 'F01', times: 'always' });
    await control('POST', '/__faults', [{ fault: 'F06' }, { fault: 'F12' }]);
    const { body } = await control('GET', '/__faults');
    expect((body.armed as { fault: string }[]).map(({ fault }) => fault)).toEqual(['F01', 'F06', 'F12']);
    expect([await write(first.id), await write(first.id)]).toEqual([429, 429]);
    expect(await control('DELETE', '/__faults')).toEqual({ status: 200, body: { armed: [] } });
    expect(await write(first.id)).toBe(200);
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /JSON/],
    ['an unknown id', { fault: 'F99' }, /F01.*F33/],
    ['one bad of two', [{ fault: 'F01' }, { fault: 'F01', times: -1 }], /times/],
    ['nothing', 'null', /must be of type object/],
  ])('%s is a 400, and nothing is armed', async (_, body, why) => {
    const reply = await control('POST', '/__faults', body);
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatch(why);
    expect(emulator.armed()).toEqual([]);
  });

  test('shows requests and models, resets both, is not recorded itself', async () => {
    await write(first.id, 77);
    emulator.put({ ...first, id: 'new' });
    const { requests } = (await control('GET', '/__requests')).body;
    expect(requests).toMatchObject([
      { server: 'graph', method: 'PATCH', path: beta(first.id), status: 200, body: '{"windowsScore":77}' },
    ]);
    const { models } = (await control('GET', '/__models')).body;
    expect(models).toHaveLength(emulator.models().length);
    expect((models as unknown[])[0]).toEqual({ ...first, windowsScore: 77 });
    expect((await control('POST', '/__reset')).status).toBe(200);
    expect(emulator.requests()).toEqual([]);
    expect(emulator.model(first.id)).toEqual(first);
    expect(emulator.model('new')).toBeUndefined();
  });

  test('names its addresses when asked for another', async () => {
    const reply = await control('GET', '/__fault');
    expect(reply.status).toBe(404);
    expect(reply.body.error).toContain('/__faults');
  });
});

describe('records', () => {
  test('are bounded: the oldest go', async () => {
    for (let call = 0; call < 60; call += 1) await write(`nobody-${call}`);
    const records = emulator.requests();
    expect(records).toHaveLength(50);
    expect(records[0]?.id).toBe('nobody-10');
  });

  test('hold what was sent, byte for byte where it matters', async () => {
    const before = Date.now();
    await capture(emulator.graphUrl, { method: 'GET', path: `${beta()}/../users?$x=%20`, headers: { 'X-Odd': 'ä' } });
    const [record] = emulator.requests();
    expect(record).toMatchObject({ method: 'GET', path: `${beta()}/../users?$x=%20`, status: 401 });
    expect(record?.headers['x-odd']).toBeDefined();
    expect(record?.at).toBeGreaterThanOrEqual(before);
  });

  test('show a request that hangs, with no status', async () => {
    emulator.arm({ fault: 'F25' });
    const hanging = capture(emulator.graphUrl, { method: 'PATCH', path: beta(first.id), headers, body: '{}' });
    await arrived(emulator, { id: first.id });
    expect(emulator.requests()).toMatchObject([{ status: 0, fault: 'F25' }]);
    emulator.disarm();
    expect(await hanging).toMatchObject({ text: '' });
  });
});

describe('the end', () => {
  test('close leaves nothing: no server, no connection, no timer, whatever hangs', async () => {
    const other = await startEmulator();
    const id = first.id;
    const more = { delayMs: 600_000 };
    other.arm([
      { fault: 'F25' },
      { fault: 'F25-late', ...more },
      { fault: 'F26', ...more },
      { fault: 'F27' },
      { fault: 'F01', ...more },
    ]);
    other.arm(Array.from({ length: 20 }, () => ({ fault: 'F25' })));
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const calls = Array.from({ length: 25 }, () =>
      capture(other.graphUrl, { method: 'PATCH', path: beta(id), headers, body: '{"windowsScore":1}' }),
    );
    await arrived(other, { id }, 25);
    await other.close();
    await Promise.all(calls);
    process.off('warning', warned);
    expect(warnings).toEqual([]);
    await expect(fetch(other.graphUrl)).rejects.toThrow();
    await expect(fetch(other.identityUrl)).rejects.toThrow();
    await expect(fetch(other.identityEnvironment.IDENTITY_ENDPOINT)).rejects.toThrow();
  });

  test('a taken port fails the start and leaves nothing open', async () => {
    const port = Number(new URL(emulator.graphUrl).port);
    await expect(startEmulator({ identityPort: port })).rejects.toThrow(/EADDRINUSE/);
  });

  test('keeps the ports it is given', async () => {
    const port = Number(new URL(emulator.graphUrl).port);
    await emulator.close();
    emulator = await startEmulator({ graphPort: port, recordLimit: 50 });
    expect(emulator.graphUrl).toBe(`http://127.0.0.1:${port}`);
    const { text } = await capture(emulator.graphUrl, { method: 'GET', path: beta(first.id), headers });
    expect(text).toMatch(/^HTTP\/1.1 200 /);
  });
});
