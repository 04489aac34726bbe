import { describe, expect, test } from '@jest/globals';
import { pointer } from '../../src/pointer.js';
import type { Validation } from '../../src/resource/field.js';
import { count, score } from '../../src/resource/numbers.js';
import { parserOf } from '../../src/resource/parse.js';
import { nullableText, oneOf, textLimit } from '../../src/resource/texts.js';
import { named } from '../support/named.js';

const words = (title: string) => ({ title, description: '' });
const members = { good: 'Good', bad: 'Bad', unknownFutureValue: 'Unknown' };
const resource = {
  path: 'things',
  name: 'thing',
  odataType: '#thing',
  object: 'thing',
  fields: {
    text: nullableText(words('Text')),
    count: count(words('Count')),
    score: score(words('Score')),
    status: oneOf({ ...words('Status'), members }),
  },
} as const;
const parsers = {
  documented: parserOf(resource, 'documented', pointer),
  strict: parserOf(resource, 'strict', pointer),
};

/** What is said of one value: nothing when it is taken as it is, else each code with its sentence. */
function said(validation: Validation, name: string, value: unknown): string[] {
  const parsed = parsers[validation]({ [name]: value }, 'id', true);
  if ('changes' in parsed) {
    expect(parsed.changes).toStrictEqual({ [name]: value });
    return [];
  }
  return parsed.mistakes.map(({ pointer: at, code, message }) => {
    expect(at).toBe(`/${name}`);
    return `${code}: ${message}`;
  });
}
const both: Validation[] = ['documented', 'strict'];

describe('texts', () => {
  const tooLong = 'too-long: Text must have at most 256 characters.';
  const control = 'control-character: Text must have no control characters, such as tabs or line breaks.';
  const malformed = 'malformed-text: Text must be well-formed Unicode: it holds half of a surrogate pair.';
  const wrongType = 'wrong-type: Text must be a text or null.';

  test('the limit is 256 code points', () => {
    expect(textLimit).toBe(256);
  });

  test.each(
    named([
      [''],
      [' '],
      [null],
      ['Latitude 7450'],
      ['null'],
      ['é e\u0301 ß 漢 😀'],
      ['\u00a0\u00ad\u200b\u2028\u2029\ufeff\ufffd\uffff'],
      ['<script>"\'\\/'],
      ['x'.repeat(256)],
      ['😀'.repeat(256)],
    ]),
  )('%s is taken', (_, [value]) => {
    for (const validation of both) expect(said(validation, 'text', value)).toEqual([]);
  });

  test.each(
    named<[unknown, string]>([
      ['x'.repeat(257), tooLong],
      ['😀'.repeat(257), tooLong],
      [`${'x'.repeat(256)}\u2028`, tooLong],
      ['\u0000', control],
      ['a\tb', control],
      ['a\n', control],
      ['\r\n', control],
      ['\u001f', control],
      ['\u007f', control],
      ['\u0085', control],
      ['\u009f', control],
      ['\ud800', malformed],
      ['a\udfffb', malformed],
      ['\ude00\ud83d', malformed],
      [5, wrongType],
      [true, wrongType],
      [['a'], wrongType],
      [{}, wrongType],
    ]),
  )('%s is refused', (_, [value, sentence]) => {
    for (const validation of both) expect(said(validation, 'text', value)).toEqual([sentence]);
  });

  test('as JSON Schema', () => {
    const schema = resource.fields.text.jsonSchema('strict');
    expect(schema).toEqual({ type: ['string', 'null'], maxLength: 256, pattern: '^[^\\p{Cc}\\p{Cs}]*$' });
    const pattern = new RegExp(schema.pattern ?? '', 'u');
    expect(['a 😀', '', '\u2028'].every((text) => pattern.test(text))).toBe(true);
    expect(['\t', '\ud800', 'a\u007f'].some((text) => pattern.test(text))).toBe(false);
    expect(resource.fields.text).toMatchObject({ edmType: 'Edm.String', nullable: true, title: 'Text' });
  });
});

describe('counts (F49)', () => {
  const ranges = {
    documented: 'out-of-range: Count must be a whole number from -2147483648 to 2147483647.',
    strict: 'out-of-range: Count must be a whole number from 0 to 2147483647.',
  };
  const wrongType = 'wrong-type: Count must be a whole number.';

  test.each([0, -0, 1, 1.0, 1e2, 2 ** 31 - 1])('%d is taken', (value) => {
    for (const validation of both) expect(said(validation, 'count', value)).toEqual([]);
  });

  test.each([-1, -(2 ** 31)])('%d is taken as documented, and not strictly', (value) => {
    expect(said('documented', 'count', value)).toEqual([]);
    expect(said('strict', 'count', value)).toEqual([ranges.strict]);
  });

  test.each([2 ** 31, -(2 ** 31) - 1, 1.5, -0.5, 5e-324, 3e9 + 0.5, 2 ** 53, 1e300, Infinity, -Infinity])(
    '%d is out of range',
    (value) => {
      for (const validation of both) expect(said(validation, 'count', value)).toEqual([ranges[validation]]);
    },
  );

  test.each<[unknown, string]>([
    ['5', 'wrong-type: Count must be a whole number, not a text: in a flow, convert it with int().'],
    ['', 'wrong-type: Count must be a whole number, not a text: in a flow, convert it with int().'],
    [true, wrongType],
    [[5], wrongType],
    [{}, wrongType],
    [null, 'not-nullable: Count cannot be null.'],
  ])('%j is refused', (value, sentence) => {
    for (const validation of both) expect(said(validation, 'count', value)).toEqual([sentence]);
  });

  test('as JSON Schema', () => {
    const schema = { type: 'integer', format: 'int32', maximum: 2_147_483_647 };
    expect(resource.fields.count.jsonSchema('documented')).toEqual({ ...schema, minimum: -2_147_483_648 });
    expect(resource.fields.count.jsonSchema('strict')).toEqual({ ...schema, minimum: 0 });
    expect(resource.fields.count).toMatchObject({ edmType: 'Edm.Int32', nullable: false, title: 'Count' });
  });
});

describe('scores', () => {
  const strictRange = 'out-of-range: Score must be a number from 0 to 100, or -1.';
  const wrongType = 'wrong-type: Score must be a number.';

  test.each([0, -0, 1, 0.1, 6.666666666666667, 100, -1, 5e-324])('%d is taken', (value) => {
    for (const validation of both) expect(said(validation, 'score', value)).toEqual([]);
  });

  test.each([100.00000000000001, 101, -0.5, -5e-324, -2, 2 ** 53, 1e300, Number.MAX_VALUE, -Number.MAX_VALUE])(
    '%d is taken as documented, and not strictly',
    (value) => {
      expect(said('documented', 'score', value)).toEqual([]);
      expect(said('strict', 'score', value)).toEqual([strictRange]);
    },
  );

  test.each([Infinity, -Infinity])('%d, which more than a double is read as, is out of range (F44)', (value) => {
    expect(said('documented', 'score', value)).toEqual(['out-of-range: Score must be a number that fits a double.']);
    expect(said('strict', 'score', value)).toEqual([strictRange]);
  });

  test.each<[unknown, string]>([
    ['5', 'wrong-type: Score must be a number, not a text: in a flow, convert it with float().'],
    ['-1', 'wrong-type: Score must be a number, not a text: in a flow, convert it with float().'],
    [false, wrongType],
    [[5], wrongType],
    [{}, wrongType],
    [null, 'not-nullable: Score cannot be null.'],
  ])('%j is refused', (value, sentence) => {
    for (const validation of both) expect(said(validation, 'score', value)).toEqual([sentence]);
  });

  test('as JSON Schema', () => {
    const { jsonSchema, ...rest } = resource.fields.score;
    // Bounds of ±1.797e308 stop generators of clients, and say no more than the format does.
    const schema = { type: 'number', format: 'double' };
    expect(jsonSchema('documented')).toEqual(schema);
    const anyOf = [
      { type: 'number', const: -1 },
      { type: 'number', minimum: 0, maximum: 100 },
    ];
    expect(jsonSchema('strict')).toEqual({ ...schema, anyOf });
    expect(rest).toMatchObject({ edmType: 'Edm.Double', nullable: false, title: 'Score' });
  });
});

describe('members of an enumeration', () => {
  const documented = 'not-a-member: Status must be one of good, bad, unknownFutureValue.';
  const strict = 'not-a-member: Status must be one of good, bad.';

  test.each(['good', 'bad'])('%j is taken', (value) => {
    for (const validation of both) expect(said(validation, 'status', value)).toEqual([]);
  });

  test('the sentinel is taken as documented, and not strictly', () => {
    expect(said('documented', 'status', 'unknownFutureValue')).toEqual([]);
    expect(said('strict', 'status', 'unknownFutureValue')).toEqual([strict]);
  });

  test.each(['Good', 'good ', '', 'toString', 'Bad', '0'])('%j is refused', (value) => {
    expect(said('documented', 'status', value)).toEqual([documented]);
    expect(said('strict', 'status', value)).toEqual([strict]);
  });

  test.each<[unknown, string]>([
    [0, 'wrong-type: Status must be a text.'],
    [true, 'wrong-type: Status must be a text.'],
    [['good'], 'wrong-type: Status must be a text.'],
    [{}, 'wrong-type: Status must be a text.'],
    [null, 'not-nullable: Status cannot be null.'],
  ])('%j is refused', (value, sentence) => {
    for (const validation of both) expect(said(validation, 'status', value)).toEqual([sentence]);
  });

  test('as JSON Schema', () => {
    const { jsonSchema, ...rest } = resource.fields.status;
    expect(jsonSchema('documented')).toEqual({ type: 'string', enum: ['good', 'bad', 'unknownFutureValue'] });
    expect(jsonSchema('strict')).toEqual({ type: 'string', enum: ['good', 'bad'] });
    expect(rest).toMatchObject({ edmType: 'Enum', nullable: false, title: 'Status', members });
  });
});

describe('a cell of a CSV file', () => {
  const cell = (name: keyof typeof resource.fields, text: string, decimalComma = false) =>
    resource.fields[name].readCell(text, decimalComma);

  test.each([
    ['0', 0],
    ['-0', -0],
    ['7', 7],
    ['-1', -1],
    ['10', 10],
    ['0.5', 0.5],
    ['66.75', 66.75],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['12.5e-1', 1.25],
    ['1e10', 10_000_000_000],
  ])('%s is a number', (text, value) => {
    for (const name of ['count', 'score'] as const) expect(cell(name, text)).toBe(value);
  });

  test.each([
    '',
    ' 1',
    '1 ',
    '01',
    '-',
    '--1',
    '+1',
    '.5',
    '5.',
    '1.2.3',
    'a1',
    '1a',
    '1e',
    '1e+',
    'e3',
    '1,5',
    'NaN',
    '0x1',
  ])('%j is none', (text) => {
    for (const name of ['count', 'score'] as const) expect(cell(name, text)).toBeUndefined();
  });

  test('has a decimal comma where that is the file’s custom', () => {
    expect(cell('score', '66,75', true)).toBe(66.75);
    expect(cell('score', '66.75', true)).toBe(66.75);
    expect(cell('score', '1,2,3', true)).toBeUndefined();
  });

  test('is a text as it stands', () => {
    for (const name of ['text', 'status'] as const) expect(cell(name, ' 1,5 ')).toBe(' 1,5 ');
  });
});

describe('a value that Graph shows', () => {
  test.each([
    ['text', ['', 'x'], [1, true, {}, [], undefined]],
    ['status', ['good', 'newer'], [1, {}, undefined]],
    [
      'count',
      [0, -1, 2_147_483_647, -2_147_483_648],
      [0.5, 2_147_483_648, -2_147_483_649, Infinity, NaN, '1', { toString: 1, valueOf: 1 }, undefined],
    ],
    ['score', [0, -1, 0.5, 1e300], [Infinity, -Infinity, NaN, '1', undefined]],
  ] as const)('of %s is of its type', (name, good, bad) => {
    const fits = (value: unknown) => resource.fields[name].fits(value);
    expect([good.filter((value) => !fits(value)), bad.filter(fits)]).toEqual([[], []]);
  });
});

describe('the schema of a field', () => {
  const schemas = (name: keyof typeof resource.fields) =>
    both.map((validation) => resource.fields[name].jsonSchema(validation));

  test('bounds a score in strict mode alone, and each branch has its type', () => {
    expect(schemas('score')).toEqual([
      { type: 'number', format: 'double' },
      {
        ...{ type: 'number', format: 'double' },
        anyOf: [
          { type: 'number', const: -1 },
          { type: 'number', minimum: 0, maximum: 100 },
        ],
      },
    ]);
  });

  test('bounds a count by Int32, and from zero in strict mode', () => {
    expect(schemas('count')).toEqual([
      { type: 'integer', format: 'int32', minimum: -2_147_483_648, maximum: 2_147_483_647 },
      { type: 'integer', format: 'int32', minimum: 0, maximum: 2_147_483_647 },
    ]);
  });

  test('tells the texts that are taken', () => {
    expect(schemas('text')).toEqual(
      both.map(() => ({ type: ['string', 'null'], maxLength: 256, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })),
    );
    expect(schemas('status')).toEqual([
      { type: 'string', enum: ['good', 'bad', 'unknownFutureValue'] },
      { type: 'string', enum: ['good', 'bad'] },
    ]);
  });
});
