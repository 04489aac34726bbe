import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Pool } from 'undici';
import { startEmulator } from '../local/emulator/emulator.js';
import { startStorage } from '../local/storage.js';
import { json } from './support/host-fixture/process.js';
import { startInstance, startSystem } from './support/system.js';
import { until } from './support/until.js';

// The deployment package, far from this repository's node_modules.

jest.setTimeout(120_000);

const temporary = mkdtempSync(join(tmpdir(), 'package-'));
const folder = join(temporary, 'first');
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

function makePackage(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('dist', 'tools', 'package.js'), ...given]);
  return { status, out: stdout.toString(), err: stderr.toString() };
}

const filesOf = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(path.length + 1))
    .sort();

let made: ReturnType<typeof makePackage>;
beforeAll(() => {
  made = makePackage('--folder', folder);
});

test('says how large it is', () => {
  expect(made).toMatchObject({ status: 0, err: '' });
  expect(made.out).toMatch(/: \d+ files, \d+\.\d MB, zipped \d+\.\d MB\n\S+-bulk\.cjs: .*\n$/);
});

test('holds the bundle, host.json and what it needs, nothing else', () => {
  expect(filesOf(folder)).toEqual([
    'THIRD-PARTY-NOTICES.txt',
    'contract/openapi.documented.json',
    'contract/openapi.strict.json',
    ...filesOf('contract/page').map((name) => `contract/page/${name}`),
    'dist/src/bundle/index.js',
    'dist/src/bundle/storage.js',
    'dist/src/bundle/thread.js',
    'host.json',
    'package.json',
  ]);
});

test('the bulk command line is one file that needs nothing else', () => {
  const { status, stdout } = spawnSync(process.execPath, [`${folder}-bulk.cjs`, '--help'], { cwd: temporary });
  expect([status, stdout.toString()]).toEqual([0, expect.stringContaining('bulk updates.csv --url')]);
});

test('names the licence of every package whose code it ships', () => {
  const text = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const told = [...text.matchAll(/^(?<name>(@[\w.-]+\/)?[\w.-]+) \d+\.\d+\.\d+\S* \((?<license>[^)\n]+)\)$/gm)];
  const names = told.map(({ groups }) => groups?.name ?? '');
  expect(names).toEqual(expect.arrayContaining(['@azure/functions', 'joi', 'undici', 'jose']));
  expect(names.filter((name) => name in dependencies).length).toBeGreaterThan(8);
  const licences = new Set(told.map(({ groups }) => groups?.license));
  const fine = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
  expect([...licences].filter((license) => !fine.includes(license ?? ''))).toEqual([]);
});

test('is the same to the byte when it is made again, whatever was there before', () => {
  const second = join(temporary, 'second');
  mkdirSync(join(second, 'dist'), { recursive: true });
  writeFileSync(join(second, 'dist', 'old.js'), '');
  expect(makePackage('--folder', second).status).toBe(0);
  const hashes = (path: string) =>
    filesOf(path).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(path, name)))
        .digest('hex'),
    ]);
  expect(hashes(second)).toEqual(hashes(folder));
});

test('never replaces a folder that holds other things', () => {
  const precious = join(temporary, 'precious');
  mkdirSync(precious);
  writeFileSync(join(precious, 'letter.txt'), 'Dear');
  expect(makePackage('--folder', precious)).toMatchObject({ status: 2, err: expect.stringMatching(/^--folder .*\n$/) });
  expect(readdirSync(precious)).toEqual(['letter.txt']);
});

test('works: an update, its telemetry, the contract and its page', async () => {
  const system = await startSystem({ TELEMETRY_INTERVAL_MS: '100' }, { telemetry: true }, folder);
  try {
    const [model] = system.emulator.models();
    const answer = await system.patch(model?.id ?? '', { windowsScore: 87.5 });
    expect([answer.status, json(answer)]).toEqual([200, { ...model, windowsScore: 87.5 }]);
    await until('the event', () => system.emulator.ingestion.envelopes('Event').length > 0);
    const [event] = system.emulator.ingestion.envelopes('Event');
    expect(event?.data.baseData).toMatchObject({
      name: 'ModelPerformanceUpdated',
      properties: { outcome: 'applied', resourceId: model?.id },
    });
    const contract = await system.call('/api/openapi.json', { withoutToken: true });
    expect([contract.status, contract.text]).toEqual([200, readFileSync('contract/openapi.documented.json', 'utf8')]);
    const script = await system.call('/api/docs/page.js', { withoutToken: true });
    expect(script.status).toBe(200);
  } finally {
    await system.stop();
  }
});

test('runs a job, whose storage is in a file of its own', async () => {
  const [emulator, storage] = await Promise.all([startEmulator(), startStorage()]);
  const instance = await startInstance(emulator, storage.environment, folder, ['--queue-poll-ms', '200']);
  try {
    const updates = emulator.models().map(({ id }) => ({ id, windowsScore: 12.5 }));
    const headers = { authorization: `Bearer ${emulator.issue()}`, 'content-type': 'application/json' };
    const submitted = await fetch(`${instance.baseUrl}/api/v1/model-performance/jobs`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': 'package' },
      body: JSON.stringify({ updates }),
    });
    expect(submitted.status).toBe(201);
    const status = async () => {
      const job = await fetch(submitted.headers.get('location') ?? '', { headers });
      return ((await job.json()) as { status: string }).status;
    };
    await until('the end of the job', async () => !['NotStarted', 'Running'].includes(await status()), {
      limitMs: 60_000,
    });
    expect(await status()).toBe('Succeeded');
    expect(emulator.models().map(({ windowsScore }) => windowsScore)).toEqual(updates.map(() => 12.5));
  } finally {
    await instance.stop();
    await Promise.all([emulator.close(), storage.close()]);
  }
});

describe('what it costs, where no clock is needed to tell', () => {
  // Not much above what it is: whoever needs more says so here, and why.
  test.each([
    ['index.js', 1_700_000],
    ['storage.js', 1_400_000],
    ['thread.js', 2_000_000],
  ])('%s has at most %i bytes', (name, bytes) => {
    expect(readFileSync(join(folder, 'dist', 'src', 'bundle', name)).length).toBeLessThanOrEqual(bytes);
  });

  test('2 000 updates, ten at once: one file before the first answer, two connections each, one token, one look at keys, nothing lost', async () => {
    const costsFile = join(temporary, 'costs');
    const emulator = await startEmulator();
    const environment = {
      ...emulator.ingestion.environment,
      NODE_OPTIONS: `--require ${resolve('test/support/costs.cjs')}`,
      COSTS_FILE: costsFile,
    };
    const instance = await startInstance(emulator, environment, folder);
    const pool = new Pool(instance.baseUrl, { connections: 10 });
    const call = {
      method: 'PATCH' as const,
      path: `/api/v1/model-performance/${emulator.models()[0]?.id}`,
      headers: { authorization: `Bearer ${emulator.issue()}`, 'content-type': 'application/json' },
      body: '{"windowsScore":87.5}',
    };
    const statuses = new Set<number>();
    const one = async () => {
      const { statusCode, body } = await pool.request(call);
      await body.dump();
      statuses.add(statusCode);
    };
    await one();
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let calls = 0; calls < 200; calls += 1) await one();
      }),
    );
    await pool.destroy();
    const asked = (of: string) => emulator.requests().filter(({ server }) => server === of).length;
    const counts = { token: asked('identity'), keys: asked('entra') };
    await instance.stop();
    await emulator.close();

    const lines = readFileSync(costsFile, 'utf8').split('\n');
    const graphPort = new URL(emulator.graphUrl).port;
    const connected = lines.filter((line) => line === `connected ${graphPort}`).length;
    const loaded = lines.filter((line) => line.startsWith(`loaded ${folder}`));
    expect({ statuses: [...statuses], ...counts }).toEqual({ statuses: [200], token: 1, keys: 2 });
    expect(connected).toBeLessThanOrEqual(20);
    expect(loaded).toEqual([`loaded ${join(folder, 'dist', 'src', 'bundle', 'index.js')}`]);
    expect(instance.host.output.err).not.toContain('records of telemetry were lost');
  });
});
