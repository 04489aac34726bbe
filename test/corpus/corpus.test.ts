import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { json, type Answer, type Sent } from '../support/host-fixture/process.js';
import { useSystem } from '../support/useSystem.js';
import { largeBodies } from './large.js';

interface Expected {
  readonly status: number;
  readonly code: string;
}

/** The manifest says what its lists are. */
interface Manifest {
  readonly bodies: readonly (Expected & { readonly files: readonly string[] })[];
  readonly ids: readonly (Expected & { readonly ids: readonly string[] })[];
  readonly headers: readonly (Expected & { readonly headers: readonly NonNullable<Sent['headers']>[] })[];
}

const folder = 'test/corpus';
const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
const path = '/api/v1/model-performance/7ec79407-9407-7ec7-0794-c77e0794c77e';
const jsonType = { 'content-type': 'application/json' };
const good = '{"model":"qzxj"}';

const system = useSystem();
beforeEach(() => {
  system.emulator.reset();
});

function expectRefused(answer: Answer, { status, code }: Expected): void {
  expect(`${answer.status} ${answer.text}`).toMatch(`${status} {`);
  expect(json(answer)).toMatchObject({ status, error: { code }, outcome: 'not-applied' });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(JSON.stringify([answer.headers, answer.text])).not.toMatch(/qzxj|73917391/);
  expect(system.emulator.requests().filter(({ server }) => server === 'graph')).toEqual([]);
}

const patch = (sent: Sent, to = path) => system.call(to, { method: 'PATCH', ...sent });

describe.each(manifest.bodies)('bodies that are $status $code', ({ files, ...expected }) => {
  test.each(files)('%s', async (name) => {
    const body = readFileSync(join(folder, 'bodies', `${name}.body`));
    expectRefused(await patch({ headers: jsonType, body }), expected);
  });
});

test('the manifest names each file once', () => {
  const named = manifest.bodies.flatMap(({ files }) => files.map((name) => `${name}.body`));
  expect([...named].sort()).toEqual(readdirSync(join(folder, 'bodies')).sort());
});

describe('large bodies', () => {
  test.each(largeBodies)('$name', async ({ body, ...expected }) => {
    expectRefused(await patch({ headers: jsonType, body }), expected);
    expectRefused(await patch({ headers: jsonType, chunks: body.match(/.{1,50000}/gsu) ?? [] }), expected);
  });
});

describe.each(manifest.ids)('ids that are $status $code', ({ ids, ...expected }) => {
  test.each(ids)('%j', async (id) => {
    expectRefused(await patch({ headers: jsonType, body: good }, `/api/v1/model-performance/${id}`), expected);
  });
});

describe.each(manifest.headers)('headers that are $status $code', ({ headers: list, ...expected }) => {
  test.each(list.map((headers) => [JSON.stringify(headers), headers] as const))('%s', async (_, headers) => {
    expectRefused(await patch({ headers, body: good }), expected);
  });
});
