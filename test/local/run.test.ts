import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { notTested } from '../support/notTested.js';
import { run } from '../support/tools.js';

// local/run.mjs on fresh clones, with a stand-in for npm that installs a Node and a compiler, or fails as npm does.

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const npm = `
const { appendFileSync, mkdirSync, symlinkSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
const put = (path, text) => { mkdirSync(dirname(path), { recursive: true }); writeFileSync(path, text); };
const { NPM_FAILS, NPM_FORGETS } = process.env;
if (NPM_FAILS) { console.error('npm error ' + NPM_FAILS); process.exit(1); }
if (!NPM_FORGETS) { mkdirSync('node_modules/node/bin', { recursive: true }); symlinkSync(process.execPath, 'node_modules/node/bin/node'); }
put('node_modules/typescript/bin/tsc', \`const { mkdirSync, copyFileSync } = require('node:fs');
if (process.env.TSC_FAILS) { console.log('src/a.js(1,1): error TS1: wrong'); process.exit(2); }
mkdirSync('dist'); copyFileSync('src/a.js', 'dist/a.js');\`);
`;

/** The folders whose files decide whether to build. */
const sources = ['src', 'local', 'tools', 'bench', 'clients'];

function clone(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'clone ü '));
  folders.push(folder);
  const all: Record<string, string> = {
    'package.json': '{}',
    'package-lock.json': '{}',
    'tsconfig.json': '{}',
    'src/a.js': 'console.log("ran", ...process.argv.slice(2));',
    ...Object.fromEntries(sources.map((name) => [`${name}/a`, ''])),
    'npm.js': npm,
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  copyFileSync('local/run.mjs', join(folder, 'local', 'run.mjs'));
  return folder;
}

function runIn(folder: string, environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, npm_execpath: join(folder, 'npm.js'), ...environment };
  return run([process.execPath, join(folder, 'local', 'run.mjs'), 'dist/a.js', 'one', 'two'], { env, bare: true });
}

test('a fresh clone installs and builds once, then only runs; a changed source is built again', async () => {
  const folder = clone();
  const first = await runIn(folder);
  expect(first).toMatchObject({ code: 0, out: 'ran one two\n' });
  expect(first.err).toMatch(/^Installing packages .*\nBuilding …\n$/);
  expect(await runIn(folder)).toEqual({ code: 0, out: 'ran one two\n', err: '' });
  writeFileSync(join(folder, 'src', 'a.js'), 'console.log("again");');
  expect(await runIn(folder)).toEqual({ code: 0, out: 'again\n', err: 'Building …\n' });
  expect(readFileSync(join(folder, 'npm-calls'), 'utf8').split('\n')).toHaveLength(2);
});

test('what packages want of Node is not held against the Node that starts it, whatever npm is set to', async () => {
  const folder = clone();
  await runIn(folder, { npm_config_engine_strict: 'true' });
  expect(readFileSync(join(folder, 'npm-calls'), 'utf8')).toContain(' --engine-strict=false');
});

describe('what stops it, in words', () => {
  test.each([
    {
      what: 'no install scripts',
      environment: { npm_config_ignore_scripts: 'true' },
      printed: 'npm start --ignore-scripts=false',
    },
    {
      what: 'npm leaves out the pinned Node',
      environment: { NPM_FORGETS: '1' },
      printed: 'npm left out the pinned Node',
    },
    { what: 'offline', environment: { NPM_FAILS: 'code ENOTFOUND' }, printed: 'The registry cannot be reached' },
    {
      what: 'a proxy that looks into TLS',
      environment: { NPM_FAILS: 'code SELF_SIGNED_CERT_IN_CHAIN' },
      printed: 'NODE_EXTRA_CA_CERTS',
    },
    { what: 'a full disk', environment: { NPM_FAILS: 'code ENOSPC' }, printed: 'The disk is full.' },
    { what: 'files of somebody else', environment: { NPM_FAILS: 'code EACCES' }, printed: 'belong to somebody else' },
    { what: 'no npm', environment: { npm_execpath: '', PATH: '' }, printed: 'npm is not there' },
    {
      what: 'a source that does not compile',
      environment: { TSC_FAILS: '1' },
      printed: 'The build failed; its messages are above.',
    },
    { what: 'a file as folder', files: { '.local': '' }, printed: 'There is a file where a folder is needed' },
  ])('$what', async ({ environment = {}, files = {}, printed }) => {
    const { code, out, err } = await runIn(clone(files), environment);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const [last] = err.trimEnd().split('\n').slice(-1);
    expect(last).toContain(printed);
    expect(err).not.toMatch(/^ +at /m);
  });

  test('an old Node', async () => {
    const folder = clone();
    const path = join(folder, 'local', 'run.mjs');
    writeFileSync(path, readFileSync(path, 'utf8').replace('const oldestNode = 20;', 'const oldestNode = 99;'));
    expect(await runIn(folder)).toEqual({
      code: 1,
      out: '',
      err: `\nThis is Node ${process.version}: install Node 99 or newer.\n`,
    });
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot) notTested('a folder that cannot be written', 'root can write it');
  (isRoot ? test.skip : test)('a folder that cannot be written', async () => {
    const folder = clone();
    chmodSync(folder, 0o500);
    expect(await runIn(folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining('This folder cannot be written'),
    });
  });
});

test('a lock whose owner is gone is taken over', async () => {
  const folder = clone({ '.local/setup.lock': '999999999' });
  expect(await runIn(folder)).toMatchObject({ code: 0, out: 'ran one two\n' });
});

test('npm run help has a line for every script', async () => {
  const { out } = await run([process.execPath, resolve('local/help.mjs')]);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
  const lines = [...out.matchAll(/^npm run (?<name>\S+) +(?<words>\w.{10,})$/gm)];
  expect(lines.map(({ groups }) => groups?.name)).toEqual(Object.keys(scripts));
  expect(out).not.toContain('undefined');
});
