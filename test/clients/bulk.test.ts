import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { useSystem } from '../support/useSystem.js';
import { run } from '../support/tools.js';

// The command line against the local system, as somebody with a spreadsheet types it.

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'bulk-'));
const system = useSystem();
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const program = resolve('dist/clients/bulk/main.js');
const bulk = (given: readonly string[], env: Record<string, string> = { TOKEN: system.emulator.issue() }) =>
  run([process.execPath, program, ...given], { cwd: folder, env });
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
};
const writes = () => system.emulator.requests().filter(({ method }) => method !== 'GET');

test('exports every model, also for the Excel of a country', async () => {
  expect(await bulk(['--export', 'models.csv', '--url', system.baseUrl])).toEqual({ code: 0, out: '', err: '' });
  const [head, ...rows] = readFileSync(join(folder, 'models.csv'), 'utf8').trim().split('\r\n');
  expect(head).toMatch(/^id,model,manufacturer,/);
  expect(rows.map((row) => row.split(',')[0])).toEqual(system.emulator.models().map(({ id }) => id));
});

test('prints what would change, from which value to which, and writes nothing', async () => {
  const [one, two] = system.emulator.models();
  write(
    'updates.csv',
    `model;manufacturer;windowsScore;healthStatus\r\n${one?.model ?? ''};DELL INC.;12,5;\r\n${two?.model ?? ''};Dell Inc.;;unknown\r\n`,
  );
  const { code, out, err } = await bulk([
    'updates.csv',
    '--url',
    `${system.baseUrl}/`,
    '--match',
    'model, manufacturer',
    '--dry-run',
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.trim().split('\n')).toEqual([
    `${one?.id ?? ''} windowsScore: ${one?.windowsScore ?? ''} → 12.5`,
    `${two?.id ?? ''} healthStatus: "${two?.healthStatus ?? ''}" → "unknown"`,
    '2 values would change.',
  ]);
  expect(writes()).toEqual([]);
});

test.each([
  [
    'rows that fit no model, or one twice',
    'model,windowsScore\nNone,1\nXPS 13 9340,1\nxps 13 9340,2\n',
    ['--match', 'model'],
    /line 2: no model has model 'none'[^]*line 4: model 'xps 13 9340' stands in line 3 already/,
  ],
  [
    'a column of --match that is not there',
    'id,windowsScore\na,1\n',
    ['--match', 'model'],
    /--match names model, and the header line does not/,
  ],
  ['an id that no model has', 'id,windowsScore\nnone,1\n', ['--dry-run'], /line 2: no model has this id/],
  ['a cell that is no number', 'id,windowsScore\na,much\n', [], /Windows score must be a number, .* \(line 2\)/],
  [
    'a value that is none of its column',
    'id,healthStatus\na,fine\n',
    ['--dry-run'],
    /Health status must be [^]* \(line 2\)/,
  ],
  ['a null that nobody has confirmed', 'id,model\na,null\n', ['--dry-run'], /Model is null\. [^]* \(line 2\)/],
  [
    'an id that stands there twice',
    'id,windowsScore\na,1\nA,2\n',
    ['--dry-run'],
    /The same id stands in \/rows\/1: [^]* \(line 3\)/,
  ],
  ['an unknown column', 'id,colour\na,1\n', [], /a column \(number 2\) is unknown/],
])('refuses %s before anything is sent', async (_, text, flags, told) => {
  write('bad.csv', text);
  const { code, out, err } = await bulk(['bad.csv', '--url', system.baseUrl, ...flags]);
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(told) });
  expect(writes()).toEqual([]);
});

test.each([
  ['no file', [], /Name one file/],
  ['two works', ['a.csv', '--export', 'b.csv', '--url', 'x'], /Name one file/],
  ['no address', ['a.csv'], /--url is missing/],
  ['an unknown flag', ['a.csv', '--fast'], /Unknown option '--fast'/],
  ['another Excel', ['a.csv', '--url', 'x', '--excel', 'tab'], /--excel is comma or semicolon/],
  ['a file that is not there', ['none.csv', '--url', 'http://127.0.0.1:1'], /none\.csv cannot be read/],
])('says in one line what is wrong with the command: %s', async (_, given, told) => {
  expect(await bulk(given)).toEqual({ code: 2, out: '', err: expect.stringMatching(told) });
});

test('says how to get a token, and what the API thinks of one', async () => {
  const missing = await bulk(['--export', 'a.csv', '--url', system.baseUrl], { TOKEN: '' });
  expect(missing).toEqual({ code: 2, out: '', err: expect.stringContaining('There is no token.') });
  const wrong = await bulk(['--export', 'a.csv', '--url', system.baseUrl], { TOKEN: 'none' });
  expect(wrong).toEqual({ code: 2, out: '', err: expect.stringContaining('The access token is not valid') });
});

test('tells how it is used', async () => {
  expect(await bulk(['--help'])).toMatchObject({ code: 0, err: '' });
});
