import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { problems } from '../../src/problem.js';
import { callerRows } from './callers.js';
import { graphRows } from './graph.js';
import { identityRows } from './identity.js';
import { requestRows } from './requests.js';

// `docs/FAULTS.md` is the list; here it is held against the tests, in both directions.

const list = new Map(
  [...readFileSync('docs/FAULTS.md', 'utf8').matchAll(/^\| (?<id>F\d\d[a-z]?) +\|(?<text>.*)$/gm)].map(({ groups }) => [
    groups?.id ?? '',
    groups?.text ?? '',
  ]),
);

const family = (id: string) => /^F\d\d[a-z]?/.exec(id)?.[0] ?? id;

/** Rows as data, each with the problem that its test expects. */
const rows = [
  ...graphRows.flatMap(({ id, fails, blind }) => [
    { id, code: fails },
    { id, code: blind?.fails },
  ]),
  ...identityRows.map(({ id }) => ({ id, code: 'identity-unavailable' })),
  ...requestRows.map(({ id, expect: seen }) => ({ id, code: 'code' in seen ? seen.code : undefined })),
  ...callerRows.map(({ id, expect: seen }) => ({ id, code: seen.code })),
];

/** Tests whose title begins with a row's id. */
const titles = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [
    ...readFileSync(join('test', name), 'utf8').matchAll(/\b(?:test|describe)\(\s*'(?<id>F\d\d[a-z]?) /g),
  ])
  .map(({ groups }) => groups?.id ?? '');

test('every row of the list has a test, and every test of a fault has its row', () => {
  const tested = new Set([...rows.map(({ id }) => family(id)), ...titles]);
  expect([...tested].sort()).toEqual([...list.keys()].sort());
});

test('the list names the problem that the tests expect, and none that does not exist', () => {
  const unnamed = rows.filter(({ id, code }) => code !== undefined && !list.get(family(id))?.includes(`\`${code}\``));
  // What succeeds once it is looked at, or ends otherwise in one way of playing it, is described in words.
  const described = ['F19-101', 'F24-ok', 'F24-error', 'F26', 'F27', 'F27-error'];
  expect(unnamed.map(({ id }) => id).filter((id) => !described.includes(id))).toEqual([]);
  const codes = [...list.values()].flatMap((text) => [...text.matchAll(/`(?<code>[a-z]+(?:-[a-z]+)+)`/g)]);
  expect(codes.map(({ groups }) => groups?.code).filter((code) => !(code && code in problems))).toEqual([]);
});
