import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { run } from '../support/tools.js';

let emulator: Emulator;
let port: string;
beforeAll(async () => {
  emulator = await startEmulator();
  port = baseOf(emulator.identityUrl);
});
afterAll(() => emulator.close());

/** The port that `npm start` would have been given, if this is where its emulated Entra ID listens. */
const baseOf = (identityUrl: string) => String(Number(new URL(identityUrl).port) - 2);

/** Runs `npm run token` without npm. */
const token = (...given: string[]) => run([process.execPath, 'dist/local/token.js', ...given]);

describe('npm run token', () => {
  test.each([
    [['--role', 'Write'], 'ModelPerformance.Write'],
    [['--role=Read'], 'ModelPerformance.Read'],
    [['--role', 'Operate'], 'ModelPerformance.Operate'],
    [[], 'ModelPerformance.Write'],
  ])('%j prints a token and nothing else', async (flags, role) => {
    const { code, out, err } = await token(...flags, '--port', port);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(out.trim())).toMatchObject({ roles: [role], ver: '2.0', tid: emulator.tenantId });
  });

  test('says in one line that nothing runs', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: free } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await token('--port', String(free - 2))).toEqual({
      code: 1,
      out: '',
      err: `Nothing answers at http://127.0.0.1:${free}. Run npm start in another terminal first.\n`,
    });
  });

  test('says in one line that something else runs', async () => {
    const { code, out, err } = await token('--port', baseOf(emulator.graphUrl));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^What answers at \S+ is not the emulated Entra ID \(status \d+\)\.\n$/);
  });

  test.each([['--role Owner'], ['--role write'], ['--role'], ['--port x'], ['--port 70000'], ['--all'], ['Write']])(
    '%s is refused in one line',
    async (flags) => {
      const { code, out, err } = await token(...flags.split(' '));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^[^\n]+ See npm run token -- --help\.\n$/);
    },
  );

  test('--help', async () => {
    const { code, out } = await token('--help');
    expect(code).toBe(0);
    expect(out).toContain('--role');
  });
});

test('keys rotate on demand over HTTP, and old ones can be withdrawn', async () => {
  const published = async () => {
    const answer = await fetch(`${emulator.identityUrl}/${emulator.tenantId}/discovery/v2.0/keys`);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  };
  const rotate = async (query: string) => {
    const answer = await fetch(`${emulator.identityUrl}/__keys${query}`, { method: 'POST' });
    return ((await answer.json()) as { kid: string }).kid;
  };
  const [first] = await published();
  const second = await rotate('');
  expect(await published()).toEqual([second, first]);
  const third = await rotate('?withdrawOld');
  expect(await published()).toEqual([third]);
  expect(emulator.signingKeys()[0]?.kid).toBe(third);
});
