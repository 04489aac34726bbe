import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';

// `npm start` without npm, in folders of its own, so that no settings of whoever runs the tests have a say.

jest.setTimeout(180_000);

const folders: string[] = [];
const running: Start[] = [];
afterEach(() => {
  for (const { child } of running.splice(0)) if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Seven ports in a row below those that systems hand out, others for each process that runs tests. */
let nextPort = 15_000 + (process.pid % 250) * 70;
const freePort = () => (nextPort += 7);

interface Start {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly ended: Promise<number | null>;
  /** Resolves when this has become true. @throws Error with what was said, when it does not or the process has ended */
  readonly until: (what: () => boolean | Promise<boolean>) => Promise<void>;
}

function start(folder: string, given: readonly string[], environment: Record<string, string> = {}): Start {
  const child = spawn(process.execPath, [resolve('dist/local/start.js'), ...given], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()));
  const until = async (what: () => boolean | Promise<boolean>) => {
    for (let looks = 0; !(await what()); looks += 1) {
      if (looks > 4000 || child.exitCode !== null) throw new Error(`It did not happen.\n${output.out}\n${output.err}`);
      await pause(20);
    }
  };
  const started = { child, output, ended: once(child, 'close').then(([code]) => code as number | null), until };
  running.push(started);
  void started.ended.then(() => running.splice(running.indexOf(started), 1));
  return started;
}

/** A folder with the files and links that make it a clone, and these in addition or instead. */
function folderWith(files: Record<string, string> = {}, links = clone): string {
  const folder = mkdtempSync(join(tmpdir(), 'start ü '));
  folders.push(folder);
  for (const name of links) if (!(name in files)) symlinkSync(resolve(name), join(folder, name));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
const clone = ['dist', 'node_modules', 'contract', 'host.json', 'package.json', 'local.settings.sample.json'];

const printed = /curl -i -X PATCH (?<url>\S+) -H "Authorization: Bearer (?<token>\S+)" .* -d '(?<body>.+)'/;

test('the request that it prints works, its telemetry arrives, and Ctrl-C ends everything', async () => {
  const folder = folderWith();
  const port = freePort();
  // Many machines have certificates of their own in here.
  const environment = { NODE_EXTRA_CA_CERTS: resolve('LICENSE'), TELEMETRY_INTERVAL_MS: '100' };
  const { child, output, until, ended } = start(folder, ['--port', String(port)], environment);
  await until(() => output.out.includes('Ctrl-C ends everything.'));
  const { url = '', token = '', body = '' } = printed.exec(output.out)?.groups ?? {};
  expect(new URL(url).port).toBe(String(port));
  // The first-time reader has the addresses at the end, all of this start: none of the default port's.
  expect(output.out).toMatch(/^It has 17 functions for HTTP and 2 for queues\.\n\nConsole /m);
  const ports = [...output.out.matchAll(/127\.0\.0\.1:(?<port>\d+)/g)].map(({ groups }) => Number(groups?.port));
  expect(ports.filter((one) => one < port || one > port + 6)).toEqual([]);
  expect(output.out).toContain(`npm run token -- --port ${port} --role Read`);
  const answer = await fetch(url, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining(JSON.parse(body) as object)]);
  const envelopes = `http://127.0.0.1:${port + 2}/__envelopes`;
  await until(async () => (await (await fetch(envelopes)).text()).includes('ModelPerformanceUpdated'));
  const text = (path: string) => readFileSync(path, 'utf8');
  expect(text(join(folder, 'local.settings.json'))).toBe(text('local.settings.sample.json'));
  // Nothing in the log of the start's own looks.
  expect(output.out + output.err).not.toContain('"problem"');

  child.kill('SIGINT');
  const code = await ended;
  expect({ code, err: output.err }).toEqual({ code: 0, err: expect.not.stringContaining('lost') });
  await expect(fetch(`http://127.0.0.1:${port}/api/health/live`)).rejects.toThrow();
});

test('Ctrl-C right after the first update loses none of its telemetry', async () => {
  const { child, output, until, ended } = start(folderWith(), ['--port', String(freePort())]);
  await until(() => output.out.includes('Ctrl-C ends everything.'));
  const { url = '', token = '', body = '' } = printed.exec(output.out)?.groups ?? {};
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  expect(await fetch(url, { method: 'PATCH', headers, body })).toMatchObject({ status: 200 });
  child.kill('SIGINT');
  expect({ code: await ended, err: output.err }).toEqual({ code: 0, err: expect.not.stringContaining('lost') });
});

test('a job goes on after everything was killed in the middle, and ends right', async () => {
  const folder = folderWith();
  const port = freePort();
  // The lease of who has died runs out in the shortest time that storage allows.
  const environment = {
    ...{ PACE_WINDOW_MS: '20000', JOB_LEASE_MS: '15000', JOB_RENEW_MS: '3000', JOB_QUIET_MS: '10000' },
    ...{ JOB_HEIR_MS: '16000', JOB_LOOK_MS: '16000' },
  };
  const jobs = `http://127.0.0.1:${port}/api/v1/model-performance/jobs`;
  const serve = async () => {
    const started = start(folder, ['--port', String(port)], environment);
    await started.until(() => started.output.out.includes('Ctrl-C ends everything.'));
    const headers = { authorization: `Bearer ${printed.exec(started.output.out)?.groups?.token ?? ''}` };
    return { ...started, headers };
  };
  const models = async () => {
    const answer = await fetch(`http://127.0.0.1:${port + 2}/__models`);
    return ((await answer.json()) as { models: { id: string; windowsScore: number }[] }).models;
  };
  const view = async (jobId: string, headers: Record<string, string>) =>
    (await (await fetch(`${jobs}/${jobId}`, { headers })).json()) as { status: string; rows: Record<string, number> };

  const first = await serve();
  const updates = (await models()).map(({ id }) => ({ id, windowsScore: 12.5 }));
  const submitted = await fetch(jobs, {
    method: 'POST',
    headers: { ...first.headers, 'content-type': 'application/json', 'idempotency-key': 'killed' },
    body: JSON.stringify({ updates }),
  });
  const { jobId } = (await submitted.json()) as { jobId: string };
  await first.until(async () => ((await view(jobId, first.headers)).rows.applied ?? 0) > 0);
  expect((await view(jobId, first.headers)).status).toBe('Running');
  // Azurite answers before it writes, which it does every five seconds. Azure's storage does it the other way round.
  const written = ['blob', 'blob_extent', 'queue', 'queue_extent'].map((what) =>
    join(folder, '.local', String(port), 'storage', `__azurite_db_${what}__.json`),
  );
  const sinceMs = Date.now();
  await first.until(() => written.every((file) => existsSync(file) && statSync(file).mtimeMs > sinceMs));
  expect((await view(jobId, first.headers)).status).toBe('Running');
  for (const pid of withDescendants(first.child.pid)) killHard(pid);
  await first.ended;
  const free = async () =>
    !(await fetch(`http://127.0.0.1:${port + 4}/`).then(
      () => true,
      () => false,
    ));
  for (let looks = 0; looks < 500 && !(await free()); looks += 1) await pause(20);

  const second = await serve();
  await second.until(async () => (await view(jobId, second.headers)).status === 'Succeeded');
  const { rows } = await view(jobId, second.headers);
  expect(rows).toMatchObject({ total: updates.length, applied: updates.length });
  // The emulated Graph began anew: what it shows is what was sent after the end of the first.
  const sent = (await models()).filter(({ windowsScore }) => windowsScore === 12.5);
  expect(sent.length).toBeGreaterThan(0);
  expect(sent.length).toBeLessThan(updates.length);
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
});

/** A process and all that it has started, and they. */
function withDescendants(pid: number | undefined): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => [
    parent,
    ...all.flatMap(([child, its]) => (its === parent && child !== undefined ? below(child) : [])),
  ];
  return pid === undefined ? [] : below(pid);
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

const settingsWith = (values: Record<string, string>) => {
  const { Values } = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as { Values: object };
  return JSON.stringify({ IsEncrypted: false, Values: { ...Values, ...values } });
};

describe('what stops it, in words', () => {
  test.each([
    {
      what: 'unusable settings (F37)',
      files: { 'local.settings.json': settingsWith({ MAX_ATTEMPTS: 'SECRET', ENTRA_TENANT_ID: '', OLD_NAME: '1' }) },
      out: 'local.settings.json: OLD_NAME is not a setting of this version, and does nothing.\n',
      err: /^The settings are not usable:\n {2}- ENTRA_TENANT_ID is missing.*\n {2}- MAX_ATTEMPTS has a value.*\n$/,
    },
    {
      what: 'settings that are not JSON',
      files: { 'local.settings.json': '{\n  "Values": {\n    "SECRET": abc\n  }\n}' },
      err: /^local\.settings\.json is not valid JSON: see line 3, column 15\.\n$/,
    },
    {
      what: 'settings with a comma too many',
      files: { 'local.settings.json': '{\n  "Values": {\n    "SECRET": "abc",\n  }\n}' },
      err: /^local\.settings\.json is not valid JSON: see line 4, column 3\.\n$/,
    },
    {
      what: 'a flag that does not exist',
      given: ['--host-port', '1'],
      err: /^Unknown option '--host-port'.* --help\.\n$/,
    },
    {
      what: 'no room for seven ports',
      given: ['--port', '65535'],
      err: /^--port takes a whole number from 1 to 65529\./,
    },
    {
      what: 'a file as folder',
      files: { '.local': '' },
      err: /^There is a file where a folder is needed: remove it\. \(.*\.local.*\)\n$/,
    },
    {
      what: 'storage whose data is broken',
      files: { '.local/$/storage/__azurite_db_blob__.json': '{bad' },
      err: /^Storage does not start: .* To begin with an empty one, delete \.local\/\d+\/storage\.\n$/,
    },
    {
      what: 'a host that does not exist',
      environment: { FUNCTIONS_HOST: 'x' },
      err: /^FUNCTIONS_HOST is "embedded" or "func"\.\n$/,
    },
  ])('$what', async ({ files = {}, given = [], out = '', err, environment = {} }) => {
    const port = String(freePort());
    const flags = given.length > 0 ? given : ['--port', port];
    const placed = Object.entries(files).map(([name, content]) => [name.replace('$', port), content] as const);
    const { output, ended } = start(folderWith(Object.fromEntries(placed)), flags, environment);
    expect(await ended).toBeGreaterThan(0);
    expect(output.err).toMatch(err);
    expect(output.err).not.toContain('SECRET');
    expect(output.out).toContain(out);
  });

  test.each([0, 2])('a port that is taken, the %ith of them', async (offset) => {
    const port = freePort();
    const rival = createServer().listen(port + offset, '127.0.0.1');
    await once(rival, 'listening');
    const { output, ended } = start(folderWith(), ['--port', String(port)]);
    expect(await ended).toBe(1);
    rival.close();
    expect(output.err).toBe(
      `Port ${port + offset} is taken, perhaps by another npm start. Take other ports: npm start -- --port ${port + 100}\n`,
    );
  });
});

/** An app that answers with a number, in TypeScript, so that it can be compiled anew. */
const source = (number: string) => `
declare const require: (name: string) => any;
const { app } = require('@azure/functions');
app.setup({ enableHttpStream: true });
const answer: number = ${number};
app.http('live', { route: 'health/live', handler: () => ({ body: String(answer) }) });
app.http('hang', { route: 'hang', handler: () => { console.log('hanging'); return new Promise(() => undefined); } });
`;

function ownApp(): string {
  const folder = folderWith(
    {
      'package.json': '{"main":"compiled/index.js"}',
      'host.json': '{"version":"2.0"}',
      'tsconfig.json':
        '{"compilerOptions":{"module":"commonjs","target":"es2022","strict":true,"types":[],"outDir":"compiled"},"files":["index.ts"]}',
      'index.ts': source('1'),
    },
    ['node_modules', 'local.settings.sample.json'],
  );
  mkdirSync(join(folder, 'compiled'));
  writeFileSync(
    join(folder, 'compiled', 'index.js'),
    source('1')
      .replace(/declare.*/, '')
      .replace('answer: number', 'answer'),
  );
  return folder;
}

test('npm run dev: a good change is served, a bad one is told and the old one goes on', async () => {
  const folder = ownApp();
  const port = freePort();
  const { child, output, until, ended } = start(folder, ['--watch', '--port', String(port)]);
  const answer = async () => (await fetch(`http://127.0.0.1:${port}/api/health/live`)).text();
  await until(() => output.out.includes('Ctrl-C ends everything.'));
  expect(await answer()).toBe('1');

  writeFileSync(join(folder, 'index.ts'), source('"one"'));
  await until(() => output.out.includes('What ran before goes on.'));
  expect(output.out).toMatch(/index\.ts\(5,7\): error TS2322/);
  expect(await answer()).toBe('1');

  writeFileSync(join(folder, 'index.ts'), source('2'));
  await until(() => output.out.includes('The sources changed: the host restarts.'));
  await until(() => output.out.includes('The host serves the change.'));
  expect(await answer()).toBe('2');

  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('a second Ctrl-C ends at once what hangs', async () => {
  const port = freePort();
  const { child, output, until, ended } = start(ownApp(), ['--port', String(port)]);
  await until(() => output.out.includes('Ctrl-C ends everything.'));
  const hanging = fetch(`http://127.0.0.1:${port}/api/hang`).catch(() => 'cut');
  await until(() => output.out.includes('hanging'));
  child.kill('SIGINT');
  await until(() => output.out.includes('Calls under way: 1.'));
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(await hanging).toBe('cut');
});
