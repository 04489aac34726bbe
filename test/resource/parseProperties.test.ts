import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pointer } from '../../src/pointer.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { parserOf } from '../../src/resource/parse.js';

const parsers = (['documented', 'strict'] as const).map((one) => parserOf(modelPerformance, one, pointer));
const fields = Object.entries(modelPerformance.fields);
const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const parser = fc.constantFrom(...parsers);

test('a value of another JSON type is always refused, never converted', () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.integer().map(String),
    fc.constantFrom('', 'true', '1', '-0', '1e2', 'null', 'NaN'),
  );
  fc.assert(
    fc.property(parser, fc.constantFrom(...fields), values, (parse, [name, { jsonType, nullable }], value) => {
      fc.pre(typeOf(value) !== jsonType && !(nullable && value === null));
      const code = value === null ? 'not-nullable' : 'wrong-type';
      expect(parse({ [name]: value }, 'id')).toMatchObject({ mistakes: [{ pointer: `/${name}`, code }] });
    }),
    { numRuns: 500 },
  );
});

test('what is taken is what was given', () => {
  const some = fc.record(
    {
      model: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
      modelDeviceCount: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      windowsScore: fc.double({ noNaN: true, noDefaultInfinity: true }),
      healthStatus: fc.constantFrom(
        'unknown',
        'insufficientData',
        'needsAttention',
        'meetingGoals',
        'unknownFutureValue',
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(some, (body) => {
      fc.pre(Object.keys(body).length > 0);
      expect(parsers[0]?.(body, 'id', true)).toStrictEqual({ changes: { ...body } });
    }),
  );
});

/** Values that no sentence of ours can hold by chance. */
const mark = 'qzxj';
const distinctive = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(mark, `${mark}\n`, `${mark}\ud800`, mark.repeat(100), 73_917_391_739, -7391.7391, 73_917.391e100),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('no sentence holds a submitted value, and every mistake has one', () => {
  const names = fc.constantFrom(...fields.map(([name]) => name), 'id', '@odata.type', 'nobody');
  fc.assert(
    fc.property(parser, fc.oneof(fc.dictionary(names, distinctive, { maxKeys: 13 }), distinctive), (parse, body) => {
      const parsed = parse(body, 'id');
      if (!('mistakes' in parsed)) return;
      for (const { message, pointer: at, code } of parsed.mistakes) {
        expect(message).toMatch(/^[A-Z@].+\.$/);
        expect(`${message} ${code} ${at}`).not.toMatch(/qzxj|7391/);
      }
    }),
    { numRuns: 500 },
  );
});
