import { beforeAll, expect, test } from '@jest/globals';
import { keyRequests } from '../support/entra.js';
import { json } from '../support/host-fixture/process.js';
import type { System } from '../support/system.js';
import { useSystem, useSystems } from '../support/useSystem.js';
import { callerRows, type CallerRow } from './callers.js';
import { until } from '../support/until.js';

const path = '/api/v1/model-performance/7ec79407-9407-7ec7-0794-c77e0794c77e';
const content = { 'content-type': 'application/json' };
const windowsScore = 12.5;
const body = JSON.stringify({ windowsScore });

const shared = useSystem();
const start = useSystems();
beforeAll(async () => {
  expect((await call(shared, { authorization: `Bearer ${shared.emulator.issue()}` })).status).toBe(200);
});

const call = ({ call }: System, headers: object) =>
  call(path, { method: 'PATCH', headers: { ...content, ...headers }, body, withoutToken: true });

async function play(system: System, { headers, warm, armed = [], times = 1, expect: wanted }: CallerRow) {
  const { emulator } = system;
  if (warm) expect((await call(system, { authorization: `Bearer ${emulator.issue()}` })).status).toBe(200);
  emulator.arm(armed);
  const writes = emulator.requests({ method: 'PATCH' }).length;
  for (let at = 0; at < times; at++) {
    const answer = await call(system, headers(emulator) ?? {});
    expect(answer.status).toBe(wanted.status);
    if (wanted.status === 200) {
      expect(json(answer)).toMatchObject({ windowsScore });
      continue;
    }
    expect(json(answer)).toMatchObject({ error: { code: wanted.code }, outcome: 'not-applied', status: wanted.status });
    for (const text of wanted.message ?? []) expect((json(answer) as { detail: string }).detail).toContain(text);
    expect(answer.headers['www-authenticate']).toBe(wanted.challenge);
    expect(answer.headers['retry-after']).toEqual(wanted.retryAfter);
  }
  expect(emulator.requests({ method: 'PATCH' })).toHaveLength(writes + (wanted.status === 200 ? times : 0));
  // What is renewed in the background meets its fault a little later.
  const struck = () => emulator.requests().some(({ fault }) => fault !== undefined);
  if (armed.length > 0) await until('the fault', struck);
  if (wanted.keyRequests !== undefined) expect(keyRequests(emulator)).toBe(wanted.keyRequests);
}

test.each(callerRows)('$id', async (row) => {
  if (row.own === undefined) return play(shared, row);
  return play(await start(row.own), row);
});
