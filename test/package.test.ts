import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { json } from './support/host-fixture/process.js';
import { startSystem } from './support/system.js';
import { until } from './telemetry/fixture/process.js';

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
  expect(made.out).toMatch(/: \d+ files, \d+\.\d MB, zipped \d+\.\d MB\n$/);
});

test('holds the bundle, host.json and what it needs, nothing else', () => {
  expect(filesOf(folder)).toEqual([
    'THIRD-PARTY-NOTICES.txt',
    'contract/openapi.documented.json',
    'contract/openapi.strict.json',
    'dist/src/bundle/index.js',
    'dist/src/bundle/thread.js',
    'host.json',
    'node_modules/swagger-ui-dist/LICENSE',
    'node_modules/swagger-ui-dist/NOTICE',
    'node_modules/swagger-ui-dist/package.json',
    'node_modules/swagger-ui-dist/swagger-ui-bundle.js',
    'node_modules/swagger-ui-dist/swagger-ui.css',
    'package.json',
  ]);
});

test('names the licence of every package whose code it ships', () => {
  const text = readFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const told = [...text.matchAll(/^(?<name>(@[\w.-]+\/)?[\w.-]+) \d+\.\d+\.\d+\S* \((?<license>[^)\n]+)\)$/gm)];
  const names = told.map(({ groups }) => groups?.name ?? '');
  expect(names).toEqual(expect.arrayContaining(['@azure/functions', 'joi', 'undici', 'swagger-ui-dist']));
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
    await until(() => system.emulator.ingestion.envelopes('Event').length > 0);
    const [event] = system.emulator.ingestion.envelopes('Event');
    expect(event?.data.baseData).toMatchObject({
      name: 'ModelPerformanceUpdated',
      properties: { outcome: 'applied', resourceId: model?.id },
    });
    const contract = await system.call('/api/openapi.json', { withoutToken: true });
    expect([contract.status, contract.text]).toEqual([200, readFileSync('contract/openapi.documented.json', 'utf8')]);
    const script = await system.call('/api/docs/swagger-ui-bundle.js', { withoutToken: true });
    expect(script.status).toBe(200);
  } finally {
    await system.stop();
  }
});
