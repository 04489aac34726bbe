import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ports } from '../../local/ports.js';

// `npm start` without npm, in a folder of its own, so that no settings of whoever runs the tests have a say.

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'start-'));
const start = resolve('dist/local/start.js');
let child: ChildProcess;
let [out, err] = ['', ''];
let ended: Promise<unknown[]>;
let taken = false;

/** Resolves when this has become true. @throws Error with what was said, when it does not or the process has ended */
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await what()); looks += 1) {
    if (looks > 3000 || child.exitCode !== null) throw new Error(`It did not happen.\n${out}\n${err}`);
    await pause(20);
  }
}

beforeAll(async () => {
  for (const name of ['dist', 'node_modules', 'contract', 'host.json', 'package.json', 'local.settings.sample.json'])
    symlinkSync(resolve(name), join(folder, name));
  child = spawn(process.execPath, [start], {
    cwd: folder,
    // Many machines have certificates of their own in here.
    env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: resolve('LICENSE'), TELEMETRY_INTERVAL_MS: '100' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  ended = once(child, 'close');
  await Promise.race([ended, until(() => out.includes('Ctrl-C ends everything.'))]);
  taken = /Port \d+ is taken/.test(err);
  if (taken) process.stderr.write(`A port of npm start is taken: it was not tested. ${err}`);
});
afterAll(async () => {
  child.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

test('the request that it prints works, and what it leaves in telemetry arrives', async () => {
  if (taken) return;
  const {
    url = '',
    token = '',
    body = '',
  } = /curl -i -X PATCH (?<url>\S+) -H "Authorization: Bearer (?<token>\S+)" .* -d '(?<body>.+)'/.exec(out)?.groups ??
  {};
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining(JSON.parse(body) as object)]);
  const envelopes = `http://127.0.0.1:${ports.identity}/__envelopes`;
  await until(async () => (await (await fetch(envelopes)).text()).includes('ModelPerformanceUpdated'));
});

test('the settings are a copy of the sample', () => {
  if (taken) return;
  const text = (path: string) => readFileSync(path, 'utf8');
  expect(text(join(folder, 'local.settings.json'))).toBe(text('local.settings.sample.json'));
});

test('Ctrl-C ends everything, and nothing was lost', async () => {
  if (taken) return;
  child.kill('SIGINT');
  const [code] = await ended;
  expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('lost') });
  for (const port of Object.values(ports)) await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});
