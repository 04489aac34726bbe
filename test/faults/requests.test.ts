import { beforeEach, describe, expect, test } from '@jest/globals';
import { json, type Answer } from '../support/host-fixture/process.js';
import { useSystem } from '../support/useSystem.js';
import { rawCall } from '../support/rawCall.js';
import { modelId, requestRows, type Accepted, type Refused, type RequestRow } from './requests.js';

const system = useSystem();
beforeEach(() => {
  system.emulator.reset();
});

function send({ method = 'PATCH', path, headers, body, chunks, raw }: RequestRow): Promise<Answer> {
  const target = path ?? `/api/v1/model-performance/${modelId}`;
  if (raw) {
    const authorization = `authorization: Bearer ${system.emulator.issue()}`;
    return rawCall(system.baseUrl, `${method} ${target} HTTP/1.1`, { ...raw, head: [authorization, ...raw.head] });
  }
  return system.call(target, {
    method,
    headers: headers ?? { 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
    ...(chunks && { chunks }),
  });
}

const writes = () => system.emulator.requests({ method: 'PATCH' });

function expectRefused(answer: Answer, { status, code, pointer, allow, message = '', headers = {} }: Refused): void {
  expect(`${answer.status} ${answer.text}`).toMatch(`${status} {`);
  const { errors, ...problem } = json(answer) as { errors?: { pointer: string }[] };
  expect(problem).toMatchObject({ status, error: { code }, outcome: 'not-applied' });
  expect((problem as { error: { message: string } }).error.message).toContain(message);
  expect(answer.headers).toMatchObject(headers);
  if (pointer !== undefined) expect(errors?.[0]?.pointer).toBe(pointer);
  if (allow !== undefined) expect(String(answer.headers.allow).split(', ')).toContain(allow);
  expect(system.emulator.requests().filter(({ server }) => server === 'graph')).toEqual([]);
}

function expectApplied(answer: Answer, { graph }: Accepted): void {
  expect(json(answer)).toMatchObject({ id: modelId, ...graph });
  expect(answer.status).toBe(200);
  expect(writes()).toHaveLength(1);
  const { '@odata.type': type, ...sent } = JSON.parse(writes()[0]?.body ?? '') as Record<string, unknown>;
  expect(type).toMatch(/ModelPerformance$/);
  expect(sent).toEqual(graph);
}

describe('hostile or broken requests', () => {
  test.each(requestRows.map((row) => [row.id, row] as const))('%s', async (_, row) => {
    const answer = await send(row);
    if ('graph' in row.expect) expectApplied(answer, row.expect);
    else expectRefused(answer, row.expect);
    expect(answer.headers['x-request-id']).toMatch(/^[\w-]{1,64}$/);
    if (row.expect.replaced !== undefined) {
      expect(JSON.stringify([answer.headers, answer.text])).not.toContain(
        JSON.stringify(row.expect.replaced).slice(1, -1),
      );
    }
  });

  test('each row has an id of its own', () => {
    expect(new Set(requestRows.map(({ id }) => id)).size).toBe(requestRows.length);
  });

  test.each([
    'F40',
    'F41',
    'F42',
    'F43',
    'F44',
    'F45',
    'F46',
    'F47',
    'F48',
    'F49',
    'F49b',
    'F50',
    'F51',
    'F52',
    'F54',
    'F55',
  ])('%s has a row', (fault) => {
    expect(requestRows.filter(({ id }) => id === fault || id.startsWith(`${fault}-`))).not.toEqual([]);
  });
});
