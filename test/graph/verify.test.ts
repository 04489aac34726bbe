import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { missing, same, untouched } from '../../src/graph/verify.js';

const tolerance = 1e-9;

describe('whether a shown value is the wanted one', () => {
  test.each<[unknown, unknown, boolean]>([
    ['a', 'a', true],
    ['a', 'A', false],
    ['a', 'a ', false],
    ['é', 'e\u0301', false],
    ['', null, false],
    [null, null, true],
    [null, undefined, false],
    ['5', 5, false],
    [5, '5', false],
    [5, undefined, false],
    [5, null, false],
    [5, [5], false],
    [5, 5, true],
    [0, 0, true],
    [0, -0, true],
    [-0, 0, true],
    [0, Number.MIN_VALUE, false],
    [Number.MIN_VALUE, 0, false],
    [1, -1, false],
    [-1, 1, false],
    [Number.MAX_VALUE, Number.MAX_VALUE, true],
    [Number.MAX_VALUE, -Number.MAX_VALUE, false],
    [5, Number.POSITIVE_INFINITY, false],
    [5, Number.NEGATIVE_INFINITY, false],
    [6.666666666666667, 6.66666666666667, true],
    [6.666666666666667, 6.667, false],
    [-6.666666666666667, -6.66666666666667, true],
  ])('%j wanted, %j shown: %s', (wanted, shown, is) => {
    expect(same(wanted, shown, tolerance)).toBe(is);
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
    expect(same(wanted, shown, allowed)).toBe(is);
  });

  test('any number is itself, whatever the tolerance, and never what a JSON reader makes of more than a double', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(finite, fc.double({ min: 0, max: 1, noNaN: true }), (value, allowed) => {
        expect(same(value, value, allowed)).toBe(true);
        expect(same(value, JSON.parse('1e400'), allowed)).toBe(false);
      }),
    );
  });
});

test('the names of what is missing, in the order of what was wanted', () => {
  const wanted = { windowsScore: 2, model: 'b', healthStatus: 'unknown', modelDeviceCount: 0 };
  const shown = { model: 'a', windowsScore: 2.5, modelDeviceCount: 0, manufacturer: 'x' };
  expect(missing(wanted, shown, tolerance)).toEqual(['windowsScore', 'model', 'healthStatus']);
  expect(missing(wanted, { ...wanted, id: 'x' }, tolerance)).toEqual([]);
  expect(missing({ windowsScore: 2 }, { windowsScore: 2.5 }, 0.25)).toEqual([]);
});

describe('whether an object is certainly as it was before', () => {
  const wanted = { windowsScore: 2, model: 'b' };
  const before = { windowsScore: 1, model: 'a', healthStatus: 'unknown' };
  test.each([
    ['all old values', wanted, before, before, true],
    ['old values, and another property that nobody asked for', wanted, { ...before, healthStatus: 'x' }, before, true],
    ['one new value', wanted, { ...before, model: 'b' }, before, false],
    ['a value of somebody else', wanted, { ...before, model: 'c' }, before, false],
    ['a value nearly as before', wanted, { ...before, windowsScore: 1.0000000001 }, before, false],
    ['without a wanted property', wanted, { model: 'a' }, before, false],
    ['a value of somebody else where nothing should change', { model: 'a' }, { model: 'c' }, before, false],
    ['null as before', { model: 'b' }, { model: null }, { model: null }, true],
    ['absent, as it was before', { model: 'b' }, { windowsScore: 1 }, { windowsScore: 1 }, false],
    ['nothing known of before', wanted, before, undefined, false],
  ])('%s', (_, want, shown, old, certain) => {
    expect(untouched(want, shown, old)).toBe(certain);
  });
});
