import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../src/http/json.js';
import { Problem } from '../../src/problem.js';

const forbidden = ['__proto__', 'constructor', 'prototype'];

/** What reading a text ends with: its value, or the code of the refusal. */
function read(text: string): { value: unknown } | { code: string } {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    if (error instanceof Problem) return { code: error.code };
    throw error;
  }
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const children = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...children(value).map(depthOf)) : 0;
const namesOf = (value: unknown): string[] => [
  ...(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []),
  ...children(value).flatMap(namesOf),
];

/** In valid JSON, colons outside of texts are names. JSON.parse keeps fewer names than there are when one of them stands twice. */
const colons = (text: string) => text.replace(/"(?:\\.|[^"\\])*"/gs, '').split(':').length - 1;

function guarded(text: string, value: unknown): boolean {
  const names = namesOf(value);
  return depthOf(value) > 16 || colons(text) !== names.length || names.some((name) => forbidden.includes(name));
}

/** Compared with JSON.parse, the reader gives the same value, or refuses and one of the guards says why. */
function expectSameAsJsonParse(text: string): void {
  const theirs = parsed(text);
  const ours = read(text);
  if (theirs === undefined) expect(ours).toHaveProperty('code');
  else if (guarded(text, theirs.value))
    expect(ours).toEqual({ code: expect.stringMatching(/^(invalid-body|duplicate-key)$/) });
  else expect(ours).toStrictEqual(theirs);
}

test('any text', () => {
  const piece = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\"',
      '"a"',
      '"a":1',
      '"\\u0061":',
      '"__proto__":',
      ' ',
      '1',
      'null',
      '-0',
      '1e400',
      '\u0000',
      '\ufeff',
    ],
  );
  const pieces = fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''));
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), pieces), expectSameAsJsonParse), { numRuns: 1000 });
});

/** Valid JSON with all that JSON.parse swallows: names twice, also by escapes, names of prototypes, spaces anywhere. */
const space = fc.constantFrom('', '', '', ' ', '\n', '\t \r');
const plainName = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'model', ...forbidden);
const text = fc.string({ unit: 'binary', maxLength: 6 }).map((one) => JSON.stringify(one));
const name = fc.oneof(
  { weight: 4, arbitrary: plainName.map((one) => `"${one}"`) },
  { weight: 1, arbitrary: plainName.map((one) => `"${one.replace('a', '\\u0061')}"`) },
  { weight: 4, arbitrary: text },
);
const number = fc.oneof(fc.double(), fc.integer()).map((one) => (Number.isFinite(one) ? String(one) : '1e400'));
const joined = (open: string, parts: readonly string[], close: string) => `${open}${parts.join(',')}${close}`;
const { document } = fc.letrec<{ document: string; list: string; object: string }>((tie) => ({
  document: fc
    .tuple(space, fc.oneof({ maxDepth: 20, depthSize: 'large' }, number, text, tie('object'), tie('list')), space)
    .map((parts) => parts.join('')),
  list: fc.array(tie('document'), { maxLength: 3 }).map((parts) => joined('[', parts, ']')),
  object: fc.array(fc.tuple(space, name, space, tie('document')), { maxLength: 4 }).map((members) =>
    joined(
      '{',
      members.map(([before, one, after, value]) => `${before}${one}${after}:${value}`),
      '}',
    ),
  ),
}));

test('any JSON', () => {
  const deeper = fc
    .tuple(document, fc.array(fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[0,{"b":', '}]']), { maxLength: 18 }))
    .map(([inner, levels]) => levels.reduce((one, [open, close]) => `${open}${one}${close}`, inner));
  fc.assert(
    fc.property(fc.oneof(document, deeper), (one) => {
      expect(parsed(one)).toBeDefined();
      expectSameAsJsonParse(one);
    }),
    { numRuns: 1000 },
  );
});

test('any value that JSON can write, within the guards, is read to the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
      const one = JSON.stringify(value);
      const theirs: unknown = JSON.parse(one);
      fc.pre(!guarded(one, theirs));
      expect(read(one)).toStrictEqual({ value: theirs });
    }),
  );
});
