import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differences, same } from '../../src/updates/verify.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

const tolerance = 1e-6;
const { model: text, windowsScore: score, modelDeviceCount: count } = modelPerformance.fields;

describe('whether Graph has the value that was sent', () => {
  test.each<[unknown, unknown, boolean]>([
    ['a', 'a', true],
    ['a', 'A', false],
    ['a', 'a ', false],
    ['é', 'e\u0301', false],
    ['a', null, false],
    ['a', undefined, false],
    ['', null, true],
    ['', undefined, true],
    ['', '', true],
    [null, null, true],
    [null, undefined, true],
    [null, '', true],
    [null, ' ', false],
    [null, 'null', false],
    ['5', 5, false],
    [null, 0, false],
    [null, false, false],
  ])('text %j, found %j: %s', (wanted, found, is) => {
    expect(same(text, wanted, found, tolerance)).toBe(is);
  });

  test.each<[unknown, unknown, boolean]>([
    [5, 5, true],
    [0, 0, true],
    [0, -0, true],
    [2_147_483_647, 2_147_483_647, true],
    [2_147_483_647, 2_147_483_646, false],
    [5, 5.0000001, false],
    [5, '5', false],
    [5, null, false],
    [5, undefined, false],
    [0, null, false],
  ])('whole number %j, found %j: %s', (wanted, found, is) => {
    expect(same(count, wanted, found, tolerance)).toBe(is);
  });

  test.each<[unknown, unknown, boolean]>([
    [5, '5', false],
    [5, undefined, false],
    [5, null, false],
    [5, [5], false],
    [5, 5, true],
    [0, 0, true],
    [0, -0, true],
    [-0, 0, true],
    [0, null, false],
    [0, Number.MIN_VALUE, false],
    [Number.MIN_VALUE, 0, false],
    [1, -1, false],
    [-1, 1, false],
    [Number.MAX_VALUE, Number.MAX_VALUE, true],
    [Number.MAX_VALUE, -Number.MAX_VALUE, false],
    [5, Number.POSITIVE_INFINITY, false],
    [5, Number.NEGATIVE_INFINITY, false],
    [5, 'NaN', false],
    [6.666666666666667, 6.66666666666667, true],
    [6.666666666666667, Math.fround(6.666666666666667), true],
    [6.666666666666667, 6.667, false],
    [-6.666666666666667, -6.66666666666667, true],
    ['5', 5, false],
    [null, 0, false],
  ])('score %j, found %j: %s', (wanted, found, is) => {
    expect(same(score, wanted, found, tolerance)).toBe(is);
  });

  test.each([
    [1024, 0.25, 1280, true],
    [1024, 0.25, 768, true],
    [1024, 0.25, 1280.0000001, false],
    [1024, 0.25, 767.9999999, false],
    [-1024, 0.25, -1280, true],
    [-1024, 0.25, -1281, false],
    [1024, 0, 1024, true],
    [1024, 0, 1024.0000000000002, false],
    [1024, 0, Number.POSITIVE_INFINITY, false],
  ])('%d with the tolerance %d against %d: %s', (wanted, allowed, shown, is) => {
    expect(same(score, wanted, shown, allowed)).toBe(is);
  });

  test('any number is itself, whatever the tolerance, and never what a JSON reader makes of more than a double', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(finite, fc.double({ min: 0, max: 1, noNaN: true }), (value, allowed) => {
        expect(same(score, value, value, allowed)).toBe(true);
        expect(same(score, value, JSON.parse('1e400'), allowed)).toBe(false);
      }),
    );
  });
});

test('the names of what is different, in the order of what was wanted', () => {
  const wanted = { windowsScore: 2, model: 'b', healthStatus: 'unknown', modelDeviceCount: 0 };
  const shown = { model: 'a', windowsScore: 2.5, modelDeviceCount: 0, manufacturer: 'x' };
  expect(differences(modelPerformance, wanted, shown, tolerance)).toEqual(['windowsScore', 'model', 'healthStatus']);
  expect(differences(modelPerformance, wanted, { ...wanted, id: 'x' }, tolerance)).toEqual([]);
  expect(differences(modelPerformance, { windowsScore: 2 }, { windowsScore: 2.5 }, 0.25)).toEqual([]);
});

test("a property that is none of the table's is not compared", () => {
  expect(differences(modelPerformance, { unknown: 1, model: 'b' }, { model: 'a' }, tolerance)).toEqual(['model']);
});
