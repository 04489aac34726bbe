import { describe, expect, test } from '@jest/globals';
import { pointer } from '../../src/pointer.js';
import { count } from '../../src/resource/numbers.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { parserOf } from '../../src/resource/parse.js';
import { nullableText } from '../../src/resource/texts.js';

const id = 'abc';
const documented = parserOf(modelPerformance, 'documented', pointer);
const strict = parserOf(modelPerformance, 'strict', pointer);
const { odataType } = modelPerformance;

const mistakesOf = (body: unknown, parse = documented) => {
  const parsed = parse(body, id);
  return 'mistakes' in parsed ? parsed.mistakes : [];
};
const codesOf = (body: unknown, parse = documented) =>
  mistakesOf(body, parse).map(({ pointer: at, code }) => `${code} ${at}`);

describe('what is taken', () => {
  test('all nine properties as they are', () => {
    const body = {
      model: 'M',
      manufacturer: null,
      modelDeviceCount: 5,
      workFromAnywhereScore: 1.5,
      windowsScore: -1,
      cloudManagementScore: 0,
      cloudIdentityScore: 100,
      cloudProvisioningScore: 6.666666666666667,
      healthStatus: 'meetingGoals',
    };
    expect(documented(body, id, true)).toEqual({ changes: body });
    expect(strict(body, id, true)).toEqual({ changes: body });
  });

  test.each([
    { id, '@odata.type': odataType },
    { id: 'ABC', '@odata.type': odataType.slice(1) },
  ])('%j, the id of the path and the type of the resource, both dropped', (more) => {
    expect(documented({ ...more, model: 'M' }, id)).toEqual({ changes: { model: 'M' } });
  });

  test.each([
    '@odata.context',
    '@odata.etag',
    '@odata.id',
    '@odata.editLink',
    '@microsoft.graph.tips',
    'model@odata.type',
    'healthStatus@odata.type',
    'model@org.example.note',
    '@odata.types',
    'model@odata.bindings',
  ])('%s, which is dropped', (name) => {
    expect(documented({ [name]: { any: ['thing'] }, model: 'M' }, id)).toEqual({ changes: { model: 'M' } });
    expect(codesOf({ [name]: 'x' })).toEqual(['nothing-to-change ']);
  });

  test('an inherited property is not one of the body', () => {
    const body: unknown = Object.assign(Object.create({ windowsScore: 1 }) as object, { model: 'M' });
    expect(documented(body, id)).toEqual({ changes: { model: 'M' } });
  });
});

describe('a body that changes nothing (F42)', () => {
  const nothing = [{ pointer: '', code: 'nothing-to-change', message: 'Name at least one property to change.' }];
  test.each([{}, { id }, { '@odata.type': odataType }, { id, '@odata.type': odataType }])('%j', (body) => {
    expect(mistakesOf(body)).toEqual(nothing);
  });
});

describe('a body that is no object (F42)', () => {
  test.each([[null], [[]], [[{ model: 'M' }]], ['{}'], [''], [5], [true], [undefined]])('%j', (body) => {
    expect(mistakesOf(body)).toEqual([
      { pointer: '', code: 'wrong-type', message: 'The body must be one JSON object.' },
    ]);
  });
});

describe('what is not part of a model (F48)', () => {
  const unknown = { code: 'unknown-property', message: 'This property is not part of a model.' };
  test.each([
    [{ nobody: 1 }, '/nobody'],
    [{ Model: 'M' }, '/Model'],
    [{ 'model ': 'M' }, '/model '],
    [{ '': 1 }, '/'],
    [{ 'a/b~': 1 }, '/a~1b~0'],
    [{ 'model.name': 1 }, '/model.name'],
    [{ toString: 1 }, '/toString'],
    [{ hasOwnProperty: {} }, '/hasOwnProperty'],
    [{ ID: 'abc' }, '/ID'],
    [{ 'model@odata.bind': 'x' }, '/model@odata.bind'],
    [{ '@odata.': 'x' }, '/@odata.'],
    [{ 'model@': 'x' }, '/model@'],
    [{ 'model@odata.note ': 'x' }, '/model@odata.note '],
    [{ 'a@b@odata.type': 'x' }, '/a@b@odata.type'],
    [{ ['x'.repeat(60_000)]: 1 }, ''],
    [{ '\ud800': 1 }, ''],
  ])('%#', (body, at) => {
    expect(mistakesOf({ ...body, windowsScore: 1 })).toEqual([{ pointer: at, ...unknown }]);
  });

  test('what an unknown property holds is not looked into', () => {
    expect(codesOf({ nobody: { id: 5, model: 5 } })).toEqual(['unknown-property /nobody']);
  });
});

describe('the id and the type (F48)', () => {
  const idMismatch = {
    pointer: '/id',
    code: 'id-mismatch',
    message: 'The id must be the one in the path; leave it out.',
  };
  test.each([['abd'], ['abc '], ['ab\u212a'], [''], [5], [null], [['abc']], [{}]])('the id %j', (other) => {
    expect(mistakesOf({ id: other, model: 'M' })).toEqual([idMismatch]);
  });

  const wrongType = {
    pointer: '/@odata.type',
    code: 'wrong-odata-type',
    message: 'The @odata.type must be that of this resource; leave it out.',
  };
  test.each([
    [odataType.slice(2)],
    [odataType.toUpperCase()],
    ['#microsoft.graph.user'],
    [''],
    [5],
    [null],
    [[odataType]],
  ])('the type %j', (other) => {
    expect(mistakesOf({ '@odata.type': other, model: 'M' })).toEqual([wrongType]);
  });
});

describe('a null that nobody has confirmed (F49)', () => {
  const unconfirmed = (title: string) =>
    `${title} is null. To clear it, add ?null=clear to the address or send application/merge-patch+json; else leave it out.`;

  test('is a mistake with a code of its own, in the order of the table', () => {
    expect(mistakesOf({ manufacturer: null, windowsScore: 1, model: null })).toEqual([
      { pointer: '/model', code: 'null-not-confirmed', message: unconfirmed('Model') },
      { pointer: '/manufacturer', code: 'null-not-confirmed', message: unconfirmed('Manufacturer') },
    ]);
  });

  test('stands beside all others; elsewhere a null is one of type, confirmed or not', () => {
    const body = { model: null, windowsScore: null, nobody: null };
    expect(codesOf(body)).toEqual([
      'not-nullable /windowsScore',
      'unknown-property /nobody',
      'null-not-confirmed /model',
    ]);
    const confirmed = documented(body, id, true);
    expect(confirmed).toMatchObject({ mistakes: [{ code: 'not-nullable' }, { code: 'unknown-property' }] });
  });
});

describe('all mistakes at once', () => {
  test('one for each value, in the order of the table, then the unknown ones', () => {
    const body = { nobody: 1, healthStatus: '', windowsScore: '5', modelDeviceCount: 3e9 + 0.5, model: 5, id: 5 };
    expect(codesOf(body)).toEqual([
      'wrong-type /model',
      'out-of-range /modelDeviceCount',
      'wrong-type /windowsScore',
      'not-a-member /healthStatus',
      'id-mismatch /id',
      'unknown-property /nobody',
    ]);
  });

  test('a text can have several', () => {
    expect(codesOf({ model: `\t${'x'.repeat(256)}`, manufacturer: `\ud800\n${'x'.repeat(256)}` })).toEqual([
      'control-character /model',
      'too-long /model',
      'malformed-text /manufacturer',
      'control-character /manufacturer',
      'too-long /manufacturer',
    ]);
  });

  test.each([
    [99, 99],
    [100, 100],
    [101, 100],
    [8000, 100],
  ])('of %i, %i are listed (F45)', (count, listed) => {
    const body = Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 1]));
    expect(codesOf(body)).toEqual(Array.from({ length: listed }, (_, index) => `unknown-property /p${index}`));
  });
});

test('of a kind of value without a function of Power Automate, a text is told no way to convert it', () => {
  const { flowFunction, ...kind } = count({ title: 'Size', description: 'How large it is.' });
  const parse = parserOf({ odataType: '#other', object: 'other', fields: { size: kind } }, 'strict', pointer);
  expect(flowFunction).toBe('int()');
  expect(mistakesOf({ size: '5' }, parse)).toEqual([
    { pointer: '/size', code: 'wrong-type', message: 'Size must be a whole number.' },
  ]);
});

test('another resource needs nothing but its own table', () => {
  const words = { title: 'Name', description: 'What it is called.' };
  const other = {
    path: 'others',
    name: 'other',
    odataType: '#other',
    object: 'other',
    fields: { name: nullableText(words), size: count(words) },
  } as const;
  const parse = parserOf(other, 'strict', (path) => path.join('.'));
  expect(parse({ name: 'a', size: 0, '@odata.type': '#other' }, id)).toEqual({ changes: { name: 'a', size: 0 } });
  expect(codesOf({ model: 'M', size: -1 }, parse)).toEqual(['out-of-range size', 'unknown-property model']);
});
