import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../src/http/json.js';
import { pointer } from '../../src/pointer.js';
import { refused } from '../support/refused.js';
import { named } from '../support/named.js';

const nested = (depth: number, inside = '') => '['.repeat(depth) + inside + ']'.repeat(depth);
const refusal = async (text: string) => {
  const { code, outcome, errors } = await refused(() => parseJson(text));
  expect(outcome).toBe('not-applied');
  return [code, ...errors.map(({ pointer: at, code: mistake }) => `${mistake} ${at}`)];
};

describe('what is read', () => {
  test.each(
    named<[string, unknown]>([
      ['{}', {}],
      [' \t\r\n{"a" : 1 , "b":[ ]} \n', { a: 1, b: [] }],
      ['null', null],
      ['"text"', 'text'],
      ['[1,-0,1.0,1e2,2147483648,1e-400]', [1, -0, 1, 100, 2 ** 31, 0]],
      ['{"\\u0061":"\\ud83d\\ude00\\ud800"}', { a: '\u{1f600}\ud800' }],
      ['{"a":"b\\":{","c":"\\\\","d":1}', { a: 'b":{', c: '\\', d: 1 }],
      ['{"a":"a","b":"a:"}', { a: 'a', b: 'a:' }],
      ['{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":1}}', { a: { a: [{ a: 1 }, { a: 2 }] }, b: { a: 1 } }],
      ['["a","a"]', ['a', 'a']],
      [
        '{"":1," ":2,"a":3,"A":4,"hasOwnProperty":5,"toString":6}',
        { '': 1, ' ': 2, a: 3, A: 4, hasOwnProperty: 5, toString: 6 },
      ],
      ['{"a":"__proto__","b":["constructor"]}', { a: '__proto__', b: ['constructor'] }],
    ]),
  )('%s', (_, [text, value]) => {
    expect(parseJson(text)).toStrictEqual(value);
  });

  test('a number beyond a double is infinite, for the table to refuse (F44)', () => {
    expect(parseJson('[1e400,-1e400]')).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });
});

describe('what is no JSON (F42, F44)', () => {
  test.each([
    '',
    ' ',
    '\ufeff{}',
    '{',
    '}',
    ']]]]',
    '{"a":1} x',
    '{"a":1}{}',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '{"a":1} // note',
    '{/* note */}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":01}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":1.}',
    '{"a":0x10}',
    '{"a":"\t"}',
    '{"a":"\u0000"}',
    '\u0000{}',
    '{"a":"\\x41"}',
    '{"a":"\\u00"}',
    '{"a":"b',
    '{"a":"b\\',
    '{"a":"b\\"',
    '{"a"\u00a0:1}',
    'undefined',
    'True',
  ])('%j', async (text) => {
    expect(await refusal(text)).toEqual(['invalid-json']);
  });
});

describe('depth (F45)', () => {
  test.each(
    named([
      nested(16),
      '{"a":'.repeat(16) + '1' + '}'.repeat(16),
      `[${nested(15)},${nested(15)}]`,
      `[${'{"a":{}},'.repeat(20)}[]]`,
    ]),
  )('of 16 levels is read: %s', (_, text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test('counts neither brackets in texts nor escaped quotes', () => {
    const text = JSON.stringify({ a: `"${'[{'.repeat(50)}\\`, b: '\\"[[[[[[[[[[[[[[[[[' });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test.each([
    nested(17),
    '{"a":'.repeat(17) + '1' + '}'.repeat(17),
    '[{"a":'.repeat(9),
    `[${nested(15)},${nested(16)}]`,
    nested(30_000),
    '['.repeat(65_536),
    '{"a":'.repeat(10_000),
    '"", [[[[[[[[[[[[[[[[[',
  ])('of 17 levels is refused before anything is parsed: %#', async (text) => {
    expect(await refusal(text)).toEqual(['invalid-body', 'too-deep ']);
  });

  test('the sentence tells the limit', async () => {
    const { errors } = await refused(() => parseJson(nested(17)));
    expect(errors).toEqual([{ pointer: '', code: 'too-deep', message: 'The body is nested deeper than 16 levels.' }]);
  });
});

describe('a name that stands twice (F46)', () => {
  test.each(
    named<[string, string]>([
      ['{"a":1,"a":2}', '/a'],
      ['{"a":1,"b":2,"a":1}', '/a'],
      ['{"a":1,"\\u0061":2}', '/a'],
      ['{"a\\/b":1,"a/b":2}', '/a~1b'],
      ['{"~":1,"\\u007e":2}', '/~0'],
      ['{"~1/":1,"~1/":2}', '/~01~1'],
      ['{"":1,"":2}', '/'],
      ['{"a" \t\r\n:1,"a" \t\r\n:2}', '/a'],
      ['{"a":{"b":1,"c":{},"b":2}}', '/a/b'],
      ['{"x":"a","a":1,"y":"a","a":1}', '/a'],
      ['[{"a":1},{"a":{"b":[0,{"c":1,"c":2}]}}]', '/1/a/b/1/c'],
      ['[[],[1,2],{"a":[],"a":[]}]', '/2/a'],
      ['[[1,[2,3,{"a":1,"a":2}]]]', '/0/1/2/a'],
      ['{"a":[1,2],"b":[{},{"c":1,"c":1}]}', '/b/1/c'],
      ['{"a":[1,2],"b":3,"a":4}', '/a'],
      ['{"a":{"b":1},"a":{"b":1}}', '/a'],
      ['{"a":"}]","a":1}', '/a'],
      [`{"${'x'.repeat(64)}":1,"${'x'.repeat(64)}":1}`, `/${'x'.repeat(64)}`],
      [`{"a":{"${'x'.repeat(65)}":1,"${'x'.repeat(65)}":1}}`, '/a'],
      [`{"${'x'.repeat(65)}":{"a":1,"a":1}}`, ''],
      ['{"a":{"\\ud800":1,"\\ud800":1}}', '/a'],
    ]),
  )('%s is refused', async (_, [text, at]) => {
    expect(await refusal(text)).toEqual(['duplicate-key', `duplicate-key ${at}`]);
  });

  test('the sentence holds neither name nor value', async () => {
    const { errors } = await refused(() => parseJson('{"secret":1,"secret":2}'));
    expect(errors).toEqual([
      { pointer: '/secret', code: 'duplicate-key', message: 'This property stands twice in the body.' },
    ]);
  });
});

describe('a name that could reach a prototype (F47)', () => {
  test.each([
    ['{"__proto__":{}}', '/__proto__'],
    ['{"constructor":1}', '/constructor'],
    ['{"prototype":1}', '/prototype'],
    ['{"\\u005f_proto__":1}', '/__proto__'],
    ['{"a":[{},{"b":{"constructor":{"prototype":1}}}]}', '/a/1/b/constructor'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
  ])('%s is refused at %s', async (text, at) => {
    expect(await refusal(text)).toEqual(['invalid-body', `unknown-property ${at}`]);
    const { errors } = await refused(() => parseJson(text));
    expect(errors[0]?.message).toBe('A property of this name is never taken.');
  });

  test.each(['{"__proto":1}', '{"__proto__ ":1}', '{"Constructor":1}', '{"prototypes":1}'])('%s is not one', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
});

describe('a pointer', () => {
  test.each(
    named<[(string | number)[], string]>([
      [[], ''],
      [['a'], '/a'],
      [['a', 0, 'b'], '/a/0/b'],
      [[''], '/'],
      [['~/'], '/~0~1'],
      [['~~//'], '/~0~0~1~1'],
      [['@odata.type'], '/@odata.type'],
      [['a', 'x'.repeat(64)], `/a/${'x'.repeat(64)}`],
      [['a', 'x'.repeat(65), 'b'], '/a'],
      [['x'.repeat(65)], ''],
      [['a', '\udc00', 'b'], '/a'],
      [['\u{1f600}'], '/\u{1f600}'],
    ]),
  )('%s', (_, [path, text]) => {
    expect(pointer(path)).toBe(text);
  });
});
