import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import {
  fixture,
  folder,
  json,
  removeFolders,
  send,
  startHost,
  type HostProcess,
} from '../support/host-fixture/process.js';
import { rawCall } from '../support/rawCall.js';

const started: HostProcess[] = [];
const start = (...given: Parameters<typeof startHost>) => {
  const host = startHost(...given);
  started.push(host);
  return host;
};

afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  removeFolders();
});

async function failure(host: HostProcess) {
  const code = await host.ended;
  return { code, ...host.output };
}

describe('the command line', () => {
  test.each([
    [['--port', 'x'], '--port takes a whole number from 0 to 65535. See node dist/local/host/main.js --help.\n'],
    [['--port', '65536'], '--port takes a whole number from 0 to 65535. See node dist/local/host/main.js --help.\n'],
    [
      ['--nonsense'],
      expect.stringMatching(/^Unknown option '--nonsense'.* See node dist\/local\/host\/main\.js --help\.\n$/),
    ],
    [['--shutdown-limit-ms', '-1'], expect.stringMatching(/^Option '--shutdown-limit-ms' .* See node .* --help\.\n$/)],
    [
      ['--answers-limit-ms', '1e3'],
      expect.stringMatching(/^--answers-limit-ms takes a whole number from 0 to 3600000\. See /),
    ],
  ])('%j', async (given, err) => {
    expect(await failure(start({}, ...given))).toEqual({ code: 2, out: '', err });
  });

  test('--help', async () => {
    const { code, out } = await failure(start({}, '--help'));
    expect(code).toBe(0);
    expect(out).toContain('--shutdown-limit-ms');
  });
});

describe('settings', () => {
  const settings = (content: unknown) => folder({ 'local.settings.json': content });

  test('the environment wins over the file, and the prefix comes from host.json', async () => {
    const root = folder({
      'local.settings.json': { Values: { FROM_FILE: 'file', FROM_BOTH: 'file', A_NUMBER: 7 } },
      'host.json': { version: '2.0', extensions: { http: { routePrefix: '/v9/' } } },
    });
    const url = await start({ FROM_BOTH: 'environment' }, '--root', root).baseUrl;
    const variable = async (name: string) => json(await send(url, `/v9/variable/${name}`));
    expect(await variable('FROM_FILE')).toBe('file');
    expect(await variable('FROM_BOTH')).toBe('environment');
    expect(await variable('A_NUMBER')).toBe('7');
  });

  test('an empty prefix', async () => {
    const root = folder({ 'host.json': { version: '2.0', extensions: { http: { routePrefix: '' } } } });
    const url = await start({}, '--root', root).baseUrl;
    expect(json(await send(url, '/only'))).toEqual({ function: 'only-get' });
  });

  test.each([
    ['not JSON', '{"Values": {"SECRET": "hunter2"', 'local.settings.json is not valid JSON: see line 1, column 32.\n'],
    ['no object', [], 'local.settings.json must hold one JSON object.\n'],
    ['encrypted', { IsEncrypted: true }, 'local.settings.json is encrypted. Decrypt it first: func settings decrypt\n'],
    ['a value that is no text', { Values: { ONE: {} } }, 'local.settings.json: the value of "ONE" must be a text.\n'],
  ])('%s', async (_, content, err) => {
    expect(await failure(start({}, '--root', settings(content)))).toEqual({ code: 1, out: '', err });
  });
});

describe('an app that cannot be served', () => {
  test.each([
    ['no host.json', { 'host.json': undefined }, /^No host\.json in /],
    ['no main', { 'package.json': {} }, /names no "main"/],
    ['a pattern as main', { 'package.json': { main: 'dist/*.js' } }, /a pattern/],
    ['a main outside', { 'package.json': { main: '../index.js' } }, /inside the folder/],
    ['no build', { 'package.json': { main: 'dist/index.js' } }, /Build the app first/],
    ['no functions', { 'index.js': '' }, /registers no functions/],
  ])('%s', async (_, files, message) => {
    const { code, out, err } = await failure(start({}, '--root', folder(files)));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^[^\n]*\n$/);
  });

  test('an app that throws while it loads says only why', async () => {
    const err = 'Settings are wrong:\n- ONE is missing\n- TWO is missing\n';
    expect(await failure(start({ LOAD_FAILS: 'true' }))).toEqual({ code: 1, out: '', err });
  });

  test.each([
    ['PLAIN', 'This host serves stream mode only'],
    ['TIMER', 'function "tick" needs timerTrigger'],
    ['QUEUE_OUTPUT', 'function "sends" needs queue'],
    ['RESERVED', 'Function "reserved" has the route "Admin/things"'],
    ['CONSTRAINT', '"{id:int}" is more than'],
  ])('%s', async (variable, message) => {
    const { code, out, err } = await failure(start({ [variable]: 'true' }));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(message);
    expect(err).toMatch(/^[^\n]*\n$/);
  });

  test('a port that is taken', async () => {
    const rival = createServer().listen(0, '127.0.0.1');
    await once(rival, 'listening');
    const { port } = rival.address() as AddressInfo;
    const failed = await failure(start({}, '--root', fixture, '--port', String(port)));
    rival.close();
    expect(failed).toEqual({ code: 1, out: '', err: `Port ${port} is taken. Choose another one with --port.\n` });
  });
});

describe('the end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s lets a call end, then runs the hook', async (signal) => {
    const host = start();
    const url = await host.baseUrl;
    const call = send(url, '/api/wait');
    await host.printed('[wait] waiting');
    host.child.kill(signal);
    await host.printed('Calls under way: 1.');
    await expect(send(url, '/api/only')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    host.child.send('release');
    expect(await call).toMatchObject({ status: 200, text: 'released' });
    expect(await host.ended).toBe(0);
    expect(host.output.out).toContain('appTerminate ran\n');
    expect(host.output.err).toBe('');
  });

  test('a call that takes too long is reset, and the hook runs while its invocation goes on', async () => {
    const host = start({}, '--answers-limit-ms', '100', '--invocations-limit-ms', '200');
    const call = send(await host.baseUrl, '/api/wait');
    await host.printed('[wait] waiting');
    host.child.kill('SIGTERM');
    await expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await host.ended).toBe(0);
    expect(host.output.out).toContain('appTerminate ran\n');
    expect(host.output.err).toContain('Calls that did not end within 100 ms are reset: 1.');
  });

  // What the app has to withstand: nothing but the end of the host ends these.
  test('a header that the library or its proxy cannot take makes a call hang, as in the real host', async () => {
    const host = start({}, '--answers-limit-ms', '3000', '--invocations-limit-ms', '3000');
    const url = await host.baseUrl;
    const heads = ['x-name: \u00fc', `x-long: ${'a'.repeat(17_000)}`, 'expect: foo', 'x-ms-invocation-id: mine'];
    const calls = heads.map((head) => rawCall(url, 'GET /api/only HTTP/1.1', { head: [head], body: '' }));
    expect(await send(url, '/api/only')).toMatchObject({ status: 200 });
    host.child.kill('SIGTERM');
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await host.ended).toBe(0);
    expect(host.output.err).toContain('Calls that did not end within 3000 ms are reset: 4.');
  });

  test('a hook has its time and no more', async () => {
    const host = start({ HOOK_HANGS: 'true' }, '--shutdown-limit-ms', '300');
    await host.baseUrl;
    const from = performance.now();
    host.child.kill('SIGTERM');
    expect(await host.ended).toBe(0);
    expect(performance.now() - from).toBeGreaterThanOrEqual(299);
    expect(host.output.err).toContain('took more than 300 ms');
  });

  test('no new call begins while a hook runs', async () => {
    const host = start({ HOOK_HANGS: 'true' });
    const url = await host.baseUrl;
    host.child.kill('SIGTERM');
    await host.printed('appTerminate ran');
    await expect(send(url, '/api/only')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('the same signal again ends at once', async () => {
    const host = start({ HOOK_HANGS: 'true' }, '--shutdown-limit-ms', '3600000');
    await host.baseUrl;
    host.child.kill('SIGINT');
    await host.printed('appTerminate ran');
    host.child.kill('SIGINT');
    expect(await host.ended).toBe(1);
    expect(host.output.err).toBe('');
  });

  test('it ends in order when the process that started it is gone', async () => {
    const host = start();
    await host.baseUrl;
    const exit = once(host.child, 'exit');
    host.child.disconnect();
    await host.printed('appTerminate ran');
    expect(await exit).toEqual([0, null]);
  });

  test('a hook that fails is told in one line', async () => {
    const host = start({ HOOK_FAILS: 'true' });
    await host.baseUrl;
    host.child.kill('SIGTERM');
    expect(await host.ended).toBe(0);
    expect(host.output.err).toMatch(/^\[[^\]]+\] \[host\] An appTerminate hook failed: hook failed\n$/);
  });
});
