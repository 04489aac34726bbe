import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { useJobSystem } from '../support/useSystem.js';
import { atHand, run } from '../support/tools.js';

// Many at once, as people with a spreadsheet, a flow or a shell do it: through the real local system, from the file to Graph and back.

jest.setTimeout(240_000);

const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
const system = useJobSystem();
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const program = resolve('dist/clients/bulk/main.js');
const options = () => ({ cwd: folder, env: { TOKEN: system.emulator.issue() } });
const bulk = (...given: string[]) =>
  run([process.execPath, program, ...given, '--url', system.first.baseUrl], options());
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** A table as German Excel saves it: with a mark, semicolons and decimal commas. */
const write = (name: string, lines: readonly string[]) => {
  writeFileSync(join(folder, name), `\uFEFF${lines.join('\r\n')}\r\n`);
};

const scores = () => system.emulator.models().map(({ id, windowsScore }) => [id, windowsScore]);
let before: ReturnType<typeof scores>;
beforeEach(() => {
  before = scores();
});

const dell = () => system.emulator.models().filter(({ manufacturer }) => manufacturer === 'Dell Inc.');

test('a table of German Excel goes in by names, comes back as a result, and is undone', async () => {
  const models = dell();
  write('scores.csv', [
    'model;manufacturer;windowsScore',
    ...models.map(({ model, manufacturer }) => `${model ?? ''};${manufacturer ?? ''};12,5`),
  ]);
  const { code, out, err } = await bulk('scores.csv', '--match', 'model,manufacturer');
  expect({ code, err: err.includes('rows') }).toEqual({ code: 0, err: true });
  const jobId = /^Job (?<id>\S+)$/m.exec(out)?.groups?.id ?? '';
  expect(out).toContain(`Succeeded: ${models.length} of ${models.length} applied`);
  expect(dell().map(({ windowsScore }) => windowsScore)).toEqual(models.map(() => 12.5));
  const [head, ...rows] = read('scores.result.csv').trim().split('\r\n');
  expect(head).toMatch(/^row,id,outcome,code,detail,from\.model,/);
  expect(rows.map((row) => row.split(',').slice(0, 3))).toEqual(
    models.map(({ id }, index) => [String(index + 1), id, 'applied']),
  );

  expect(await bulk('scores.csv', '--match', 'model,manufacturer')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^These rows were handed in before: job \S+ ended at .*--again/),
  });
  expect(await bulk('--undo', jobId)).toMatchObject({ code: 0 });
  expect(scores()).toEqual(before);
});

test('a command that is killed goes on where its job is', async () => {
  const models = system.emulator.models();
  write('all.csv', ['id;windowsScore', ...models.map(({ id }) => `${id};99,5`)]);
  const child = spawn(process.execPath, [program, 'all.csv', '--url', system.first.baseUrl], {
    ...options(),
    env: { ...process.env, ...options().env },
  });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(3);
  const again = await bulk('all.csv');
  // Either it is still on its way, or it had ended before the second command began.
  expect([0, 2]).toContain(again.code);
  expect(new Set(system.emulator.models().map(({ windowsScore }) => windowsScore))).toEqual(new Set([99.5]));
});

describe('what the flow’s way is', () => {
  const call = (path: string, sent: object = {}) => system.first.call(`/api/v1/model-performance/jobs${path}`, sent);
  const submit = (csv: string, key: string) =>
    call('', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ csv }),
    });

  test('a table in JSON is the same job as the table itself', async () => {
    const [one] = system.emulator.models();
    const first = await submit(`id,windowsScore\n${one?.id ?? ''},7.5`, 'flow-1');
    const headers = { 'content-type': 'text/csv; charset=utf-8', 'idempotency-key': 'flow-1' };
    const second = await call('', { method: 'POST', headers, body: `windowsScore;id\n7,5;${one?.id ?? ''}` });
    const idOf = ({ text }: { text: string }) => (JSON.parse(text) as { jobId: string }).jobId;
    expect([first.status, second.status, idOf(second)]).toEqual([201, 201, idOf(first)]);
  });

  test('every mistake is told by row, column and line, and nothing is accepted', async () => {
    const [one, two] = system.emulator.models().map(({ id }) => id);
    const answer = await submit(
      `id;windowsScore;healthStatus\n${one ?? ''};1.234,5;\n${two ?? ''};1;fine\n${two ?? ''};1;\n`,
      'flow-2',
    );
    const { errors } = JSON.parse(answer.text) as { errors: { pointer: string; message: string }[] };
    expect(answer.status).toBe(400);
    expect(errors.map(({ pointer, message }) => [pointer, /line \d/.exec(message)?.[0]])).toEqual([
      ['/rows/1/windowsScore', 'line 2'],
      ['/rows/2/healthStatus', 'line 3'],
      ['/rows/3/id', 'line 4'],
    ]);
  });

  test.each([
    ['no table', 'id,windowsScore\n', 'invalid-body'],
    ['no id', 'windowsScore\n1\n', 'invalid-csv'],
  ])('%s', async (_, csv, code) => {
    const answer = await submit(csv, 'flow-3');
    expect([answer.status, answer.headers['x-ms-error-code']]).toEqual([400, code]);
  });
});

const powershell = atHand('jobs of the PowerShell module', ['pwsh', '-NoProfile', '-Command', '1']);
(powershell ? test : test.skip)('PowerShell starts a job from rows, waits for it, and stops one', async () => {
  const [one, two] = dell();
  const script = `
    Import-Module '${resolve('clients/powershell/ModelPerformance.psd1')}'
    Connect-ModelPerformance ${system.first.baseUrl}
    $rows = "model,manufacturer,windowsScore\`n${one?.model ?? ''},Dell Inc.,3.5\`n${two?.model ?? ''},Dell Inc.,4.5" | ConvertFrom-Csv
    $done = $rows | Start-ModelPerformanceJob -Match model,manufacturer | Wait-ModelPerformanceJob -Result
    $stopped = Start-ModelPerformanceJob -Path '${join(folder, 'one.csv')}' | Stop-ModelPerformanceJob
    ConvertTo-Json -Compress @(@($done.outcome), $stopped.rows.total)`;
  write('one.csv', ['id;windowsScore', `${one?.id ?? ''};5,5`]);
  const { out, err } = await run(['pwsh', '-NoProfile', '-Command', script], options());
  expect({ out: JSON.parse(out) as unknown, err }).toEqual({ out: [['applied', 'applied'], 1], err: '' });
});
