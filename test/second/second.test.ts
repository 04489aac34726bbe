import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '@apidevtools/swagger-parser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { EmulatorOptions } from '../../local/emulator/options.js';
import { registeredOf } from '../../src/register.js';
import { writeOpenApi } from '../../tools/contract/openapi.js';
import { writeSwagger } from '../../tools/contract/swagger.js';
import { folder, json, removeFolders, type Sent } from '../support/host-fixture/process.js';
import { validatorsOf } from '../support/published.js';
import { useSystem } from '../support/useSystem.js';
import { deviceStartup } from './deviceStartup.js';

// Another resource: one file, and one line that registers it. Everything else is made from its table.

const path = '/api/v1/device-startup';
const startups = [
  { id: 'a-1', deviceId: 'laptop', startTime: '2026-11-25T22:07:46Z', coreBootTimeInMs: 9000, isFirstLogin: false },
  { id: 'b-2', deviceId: 'desktop', startTime: '2026-11-24T08:00:00Z', coreBootTimeInMs: 20_000, isFirstLogin: true },
].map((startup) => ({ ...startup, restartCategory: 'unknown' }));
const [first, second] = startups;

const document = writeOpenApi(registeredOf(deviceStartup), deviceStartup, { validation: 'documented', version: '0' });

const root = folder({
  'package.json': { main: 'dist/src/bundle/app.js' },
  'host.json': readFileSync('host.json', 'utf8'),
  'index.js': undefined,
});
beforeAll(async () => {
  mkdirSync(join(root, 'contract'));
  writeFileSync(join(root, 'contract', 'openapi.documented.json'), JSON.stringify(document));
  await build({
    entryPoints: { app: 'test/second/app.ts', thread: 'src/telemetry/thread.ts' },
    outdir: join(root, 'dist', 'src', 'bundle'),
    bundle: true,
    platform: 'node',
    external: ['@azure/functions-core', 'swagger-ui-dist'],
    logLevel: 'error',
  });
}, 120_000);
const graph = { resource: deviceStartup, objects: startups } as unknown as EmulatorOptions;
const system = useSystem({ TELEMETRY_INTERVAL_MS: '100' }, { ...graph, telemetry: true }, root);
afterAll(removeFolders);
beforeEach(() => {
  system.emulator.reset();
});

const call = async (below: string, method = 'GET', body?: object, headers: Sent['headers'] = {}) => {
  const content = body && { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  const answer = await system.call(`${path}${below}`, { method, ...(content ?? { headers }) });
  return { status: answer.status, text: answer.text, type: String(answer.headers['content-type']) };
};
const seen = async (...given: Parameters<typeof call>) => {
  const { status, text } = await call(...given);
  return [status, JSON.parse(text)] as const;
};

describe('another resource', () => {
  test('is read, listed, filtered and labelled', async () => {
    expect(await seen(`/${first?.id}`)).toEqual([200, first]);
    expect(await seen('')).toEqual([200, { value: startups }]);
    expect(await seen('?deviceId=DESKTOP')).toEqual([200, { value: [second] }]);
    expect(await seen('?restartCategory=blueScreen')).toEqual([200, { value: [] }]);
    const labels = [
      { id: 'b-2', label: 'desktop' },
      { id: 'a-1', label: 'laptop' },
    ];
    expect(await seen('/labels')).toEqual([200, { value: labels }]);
    const [, { nextLink }] = (await seen('?limit=1')) as [number, { nextLink: string }];
    expect(nextLink).toContain(`${system.baseUrl}${path}?limit=1&cursor=`);
  });

  test('is given as CSV', async () => {
    const { text, type } = await call('', 'GET', undefined, { accept: 'text/csv' });
    expect(type).toMatch(/^text\/csv/);
    expect(text.split('\r\n').slice(0, 2)).toEqual([
      'id,deviceId,startTime,coreBootTimeInMs,isFirstLogin,restartCategory',
      'a-1,laptop,2026-11-25T22:07:46Z,9000,false,unknown',
    ]);
  });

  test('is previewed and updated, with the audit event of its own', async () => {
    const changes = { isFirstLogin: true, startTime: '2026-11-26T00:00:00Z' };
    expect(await seen('/a-1/preview', 'POST', changes)).toEqual([
      200,
      {
        id: 'a-1',
        changes: [
          { property: 'isFirstLogin', from: false, to: true },
          { property: 'startTime', from: first?.startTime, to: changes.startTime },
        ],
      },
    ]);
    expect(await seen('/a-1', 'PATCH', changes)).toEqual([200, { ...first, ...changes }]);
    const [write] = system.emulator.requests({ method: 'PATCH' });
    expect(write?.path).toBe(`/beta/${deviceStartup.path}/a-1`);
    expect(JSON.parse(write?.body ?? '')).toEqual({ '@odata.type': deviceStartup.odataType, ...changes });

    const event = await audited();
    expect(event).toMatchObject({ resource: 'device-startup', resourceId: 'a-1', outcome: 'applied' });
    expect(JSON.parse(event.changes ?? '')).toContainEqual({
      ...{ property: 'isFirstLogin', fromKnown: true, from: false, to: true },
    });
  });

  test('up to 20 at once', async () => {
    const updates = startups.map(({ id }) => ({ id, coreBootTimeInMs: 5 }));
    expect(await seen('/batch', 'POST', { updates })).toMatchObject([
      200,
      { summary: { applied: 2 }, results: [{ object: { coreBootTimeInMs: 5 } }, {}] },
    ]);
  });

  test.each([
    [
      'a wrong type',
      { isFirstLogin: 'yes' },
      'First login must be true or false, not a text: in a flow, convert it with bool().',
    ],
    ['no moment', { startTime: 'yesterday' }, 'Start time must be a moment such as 2026-11-25T22:07:46Z.'],
    ['a property of another resource', { windowsScore: 1 }, 'This property is not part of a startup.'],
  ])('refuses %s in its own words', async (_, body, message) => {
    expect(await seen('/a-1', 'PATCH', body)).toMatchObject([400, { errors: [{ message }] }]);
    expect(system.emulator.requests({ method: 'PATCH' })).toEqual([]);
  });

  test('tells its problems in its own words, and no other resource is there', async () => {
    expect(await seen('/nobody', 'PATCH', { isFirstLogin: true })).toMatchObject([
      404,
      { title: 'There is no such startup' },
    ]);
    expect(await seen('?deviceId=')).toMatchObject([400, { errors: [{ pointer: '/deviceId' }] }]);
    expect((await system.call('/api/v1/model-performance')).status).toBe(404);
  });

  test('shows a value that is not of its type as null', async () => {
    system.emulator.put({ ...first, startTime: 5, isFirstLogin: 'no' } as never);
    expect(await seen('/a-1')).toEqual([200, { ...first, startTime: null, isFirstLogin: null }]);
  });

  test('is described by its own contract, which its answers fit', async () => {
    expect(json(await system.call('/api/openapi.json'))).toEqual(document);
    await expect(validate(structuredClone(document) as never)).resolves.toBeDefined();
    const words = JSON.stringify(document).match(/[^\s"]*(model-?performance|\bmodels?\b|\{\{)[^\s"]*/gi) ?? [];
    // The API's own name stays: its title, its roles and the kinds of its problems.
    const own = /^(Model|ModelPerformance\.(Read|Write|Operate)\.?|\^urn:model-performance:problem:.*)$/;
    expect(words.filter((word) => !own.test(word))).toEqual([]);
    const holds = validatorsOf(document);
    const fits = (schema: string, value: unknown) => holds(`#/components/schemas/${schema}`)(value);
    expect(fits('DeviceStartup', (await seen('/a-1'))[1])).toBe(true);
    expect(fits('DeviceStartupList', (await seen(''))[1])).toBe(true);
    expect(fits('Problem', (await seen('/nobody'))[1])).toBe(true);
    expect(fits('DeviceStartupUpdate', { isFirstLogin: true })).toBe(true);
    expect(fits('DeviceStartupUpdate', { isFirstLogin: 'yes' })).toBe(false);
  });

  test('has a connector', async () => {
    const swagger = writeSwagger(registeredOf(deviceStartup), deviceStartup, { version: '0', host: 'example.com' });
    await expect(validate(swagger as never)).resolves.toBeDefined();
    expect(JSON.stringify(swagger)).toContain('UpdateDeviceStartup');
  });
});

/** Texts of the one audit event. */
async function audited(): Promise<Record<string, string>> {
  for (let looks = 0; looks < 3000; looks += 1) {
    const event = system.emulator.ingestion
      .envelopes('Event')
      .map(({ data }) => data.baseData as { name: string; properties: Record<string, string> })
      .find(({ name }) => name === 'DeviceStartupUpdated');
    if (event) return event.properties;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`No event came: ${system.host.output.err}`);
}
