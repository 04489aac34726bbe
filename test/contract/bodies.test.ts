import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../src/http/json.js';
import { pointer } from '../../src/pointer.js';
import { readId } from '../../src/http/id.js';
import { Problem } from '../../src/problem.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { parserOf } from '../../src/resource/parse.js';
import { published, validatorsOf } from '../support/published.js';

const pathId = 'an-id';
const { fields, odataType } = modelPerformance;

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', 'a\tb', '\u0085', '\ud800', '😀', '\u2028', 'null', '5', 'true'),
  fc.integer({ min: 250, max: 260 }).chain((length) => fc.constantFrom('x'.repeat(length), '😀'.repeat(length))),
);
const numbers = fc.oneof(
  fc.integer(),
  fc.integer({ min: -3, max: 103 }),
  fc.double(),
  fc.double({ min: -1, max: 101, noNaN: true }),
  fc.constantFrom(0, -0, -1, 1.0, 1.5, 100, 100.000001, 101, -0.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1),
  fc.constantFrom(1e300, 5e-324, 2 ** 53, -1.000001, -2),
);
const members = fc.constantFrom(
  ...Object.keys(fields.healthStatus.members ?? {}),
  'Unknown',
  'meetinggoals',
  ' unknown',
);
const anything = fc.oneof(
  { arbitrary: numbers, weight: 4 },
  { arbitrary: texts, weight: 3 },
  { arbitrary: members, weight: 2 },
  { arbitrary: fc.constantFrom(null, true, false, [], {}, [1], { a: 1 }), weight: 1 },
  { arbitrary: fc.jsonValue(), weight: 1 },
);
/** Values that a property is likely to take. */
const fitting = { 'Edm.String': fc.option(texts), 'Edm.Int32': numbers, 'Edm.Double': numbers, Enum: members };

const valueOf = (name: string, edmType: string) =>
  fc
    .oneof(
      { arbitrary: fitting[edmType as keyof typeof fitting] as fc.Arbitrary<unknown>, weight: 9 },
      { arbitrary: anything, weight: 1 },
    )
    .map((value) => [name, value] as const);
const known = Object.entries(fields).map(([name, { edmType }]) => valueOf(name, edmType));
const rare = [
  fc.constantFrom(pathId, 'other', '', '..', 5, null).map((value) => ['id', value] as const),
  fc
    .constantFrom(odataType, odataType.slice(1), '#microsoft.graph.user', null, 5)
    .map((value) => ['@odata.type', value] as const),
  fc.tuple(fc.constantFrom('Model', 'windowsscore', 'constructor', 'toString', '', 'nobody'), anything),
  fc.tuple(
    fc.constantFrom('@odata.context', 'model@odata.type', '@microsoft.graph.tips', 'a@odata.bind', 'a@b', '@odata'),
    anything,
  ),
];
const entry = fc.oneof(
  ...known.map((arbitrary) => ({ arbitrary, weight: 6 })),
  ...rare.map((arbitrary) => ({ arbitrary, weight: 1 })),
);
const bodies = fc.oneof(
  {
    arbitrary: fc.uniqueArray(entry, { maxLength: 5, selector: ([name]) => name }).map(Object.fromEntries),
    weight: 20,
  },
  { arbitrary: anything, weight: 1 },
);

describe.each(['documented', 'strict'] as const)('the published schema and the product (%s)', (validation) => {
  const parse = parserOf(modelPerformance, validation, pointer);
  const validate = validatorsOf(published(validation))('#/components/schemas/ModelPerformanceUpdate');

  /** Some bodies are refused before they are held against the table, such as one with a way to the prototype. */
  const takes = (text: string) => {
    try {
      return 'changes' in parse(parseJson(text), pathId, true);
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  };

  /** What no schema can say: an id is the path's. */
  const accepts = (body: unknown) =>
    validate(body) && [undefined, pathId, pathId.toUpperCase()].includes((body as { id?: string }).id);

  test('take exactly the same bodies', () => {
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(bodies, (body) => {
        const text = JSON.stringify(body);
        const taken = takes(text);
        seen[taken ? 'taken' : 'refused'] += 1;
        return accepts(JSON.parse(text)) === taken;
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(500);
  });

  test.each(['{"windowsScore":1e400}', '{"modelDeviceCount":1e2}', '{"modelDeviceCount":1.0}', '{"windowsScore":-0}'])(
    'agree on %s',
    (text) => {
      expect(accepts(JSON.parse(text))).toBe(takes(text));
    },
  );
});

test('the published id and the product take the same ids', () => {
  const validate = validatorsOf(published('documented'))('#/components/parameters/id/schema');
  const character = fc.constantFrom(...Array.from('aZ09_.~=-./%\\ \n:$;é'));
  const ids = fc.oneof(
    fc.string({ unit: character, maxLength: 6 }),
    fc.string({ unit: fc.constant('.'), maxLength: 5 }),
    fc.integer({ min: 250, max: 260 }).map((length) => 'a'.repeat(length)),
  );
  const taken = (id: string) => {
    try {
      return readId(id) === id;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(ids, (id) => {
      expect(validate(id)).toBe(taken(id));
    }),
    { numRuns: 2000 },
  );
});
