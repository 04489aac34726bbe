import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { check as linesOf, readConnector } from '../../tools/connector/check.js';
import { run } from '../support/tools.js';

const folder = mkdtempSync(join(tmpdir(), 'connector-'));
const definition = join(folder, 'apiDefinition.swagger.json');
beforeEach(() => {
  cpSync('connector', folder, { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const check = (...given: string[]) => run([process.execPath, 'dist/tools/connector/check.js', ...given]);
const change = (made: (text: string) => string) => {
  writeFileSync(definition, made(readFileSync(definition, 'utf8')));
};

test('the committed connector is checked by default', async () => {
  expect(await check()).toEqual({ code: 0, err: '', out: expect.stringMatching(/: schemas and \d+ rules hold\.\n$/) });
});

test('each place that breaks a rule is a line with the rule’s name', async () => {
  change((text) => text.replace('"title": "Model Performance"', '"title": "Model Performance API"'));
  const { code, out, err } = await check(folder);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^ValueContainsRestrictedWords: .* At info\.title\n$/);
});

test.each([
  ['an empty definition', () => '{}', /^apiDefinition\.swagger\.json at \/ must have required property/],
  ['a definition that is no object', () => '[]', /^apiDefinition\.swagger\.json at \/ must be object$/],
  [
    'an unknown extension',
    (text: string) => text.replace('"x-ms-pageable"', '"x-ms-async"'),
    /must NOT have additional properties: x-ms-async/,
  ],
  [
    'a reference to nothing',
    (text: string) => text.replace('"$ref": "#/definitions/Preview"', '"$ref": "#/definitions/Other"'),
    /^OpenAPI 2\.0: .*Other/,
  ],
])('%s is told in words', async (_, made, told) => {
  change(made);
  expect((await linesOf(readConnector(folder))).join('\n')).toMatch(told);
});

test('a byte order mark does no harm', async () => {
  change((text) => `\uFEFF${text}`);
  expect(await linesOf(readConnector(folder))).toEqual([]);
});

test('a folder that is not there, or holds no JSON, is told in one line', async () => {
  change(() => 'text');
  for (const one of [folder, join(folder, 'nothing')])
    expect(await check(one)).toEqual({ code: 2, out: '', err: expect.stringMatching(/^\S+ cannot be read: .*\n$/) });
});

test('it tells how it is used', async () => {
  expect(await check('--help')).toMatchObject({ code: 0, err: '' });
  expect(await check('--all')).toMatchObject({ code: 2, out: '' });
});
