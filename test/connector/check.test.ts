import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'connector-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function check(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/tools/connector/check.js', ...given], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

test('the committed definition is checked by default', () => {
  expect(check()).toEqual({ status: 0, err: '', out: expect.stringMatching(/: \d+ rules hold\.\n$/) });
});

test('each place that breaks a rule is a line with the rule’s name', () => {
  const path = join(folder, 'broken.json');
  const text = readFileSync('connector/apiDefinition.swagger.json', 'utf8');
  writeFileSync(path, text.replace('"title": "Model Performance"', '"title": "Model Performance API"'));
  const { status, out, err } = check(path);
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toMatch(/^ValueContainsRestrictedWords: .* At info\.title\n$/);
});

test('a file that is not there or holds no JSON is told in one line', () => {
  const path = join(folder, 'text.json');
  writeFileSync(path, 'text');
  for (const one of [path, join(folder, 'nothing.json')])
    expect(check(one)).toEqual({ status: 2, out: '', err: expect.stringMatching(/^\S+ cannot be read: .*\n$/) });
});

test('it tells how it is used', () => {
  expect(check('--help')).toMatchObject({ status: 0, err: '' });
  expect(check('--all')).toMatchObject({ status: 2, out: '' });
});
