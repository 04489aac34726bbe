import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { block, freshPace, leastMsOf, offsetAfter, takeSlot, type Pace } from '../../src/graph/pace.js';

const rate = { rows: 80, windowMs: 20_000 };

describe('slots', () => {
  test('a full chunk each five and a half seconds', () => {
    let pace: Pace = freshPace;
    const starts = Array.from({ length: 6 }, () => {
      const slot = takeSlot(pace, 20, 1_000, rate);
      pace = slot.pace;
      return slot.startMs;
    });
    expect(starts).toEqual([1_000, 6_500, 12_000, 17_500, 23_000, 28_500]);
  });

  test('nobody comes before a wait that Graph asked for', () => {
    expect(takeSlot({ ...freshPace, blockedUntilMs: 5_000 }, 20, 1_000, rate).startMs).toBe(5_000);
  });

  test('a pause earns no burst', () => {
    const { pace } = takeSlot(freshPace, 80, 0, rate);
    const late = takeSlot(pace, 80, 600_000, rate);
    expect(late.startMs).toBe(600_000);
    expect(takeSlot(late.pace, 1, 600_000, rate).startMs).toBe(622_000);
  });

  test('in no window more than the rate, in order, and not slower than need be', () => {
    const asks = fc.array(
      fc.record({ rows: fc.integer({ min: 1, max: 20 }), afterMs: fc.integer({ min: 0, max: 30_000 }) }),
    );
    fc.assert(
      fc.property(asks, fc.integer({ min: 20, max: 400 }), (given, rows) => {
        let [pace, nowMs]: [Pace, number] = [freshPace, 0];
        const sent: { readonly atMs: number; readonly rows: number }[] = [];
        for (const ask of given) {
          nowMs += ask.afterMs;
          const slot = takeSlot(pace, ask.rows, nowMs, { rows, windowMs: 20_000 });
          const last = sent.at(-1);
          const dueMs = last === undefined ? nowMs : last.atMs + last.rows * leastMsOf({ rows, windowMs: 20_000 });
          const earlier = sent.filter(({ atMs }) => atMs > slot.startMs - 21_999.999);
          expect(earlier.reduce((sum, one) => sum + one.rows, ask.rows)).toBeLessThanOrEqual(rows);
          expect(slot.startMs).toBeGreaterThanOrEqual(Math.max(nowMs, last?.atMs ?? 0));
          const full = sent.filter(({ atMs }) => atMs > Math.max(nowMs, dueMs) - 22_000.001);
          const hasRoom = full.reduce((sum, one) => sum + one.rows, ask.rows) <= rows;
          expect(hasRoom && slot.startMs > Math.max(nowMs, dueMs) + 1e-6).toBe(false);
          sent.push({ atMs: slot.startMs, rows: ask.rows });
          pace = slot.pace;
        }
      }),
    );
  });

  test('what is remembered stays small', () => {
    let pace: Pace = freshPace;
    for (let count = 0; count < 1_000; count++) ({ pace } = takeSlot(pace, 1, 0, rate));
    expect(pace.slots.length).toBeLessThanOrEqual(80);
  });
});

test('a wait for everybody is never shortened', () => {
  const blocked = block(freshPace, 5_000);
  expect(blocked).toMatchObject({ blockedUntilMs: 5_000 });
  expect(block(blocked ?? freshPace, 4_000)).toBeUndefined();
});

describe('the storage’s clock', () => {
  test.each([
    ['the first answer', undefined, 10_000, 9_400, 600],
    ['an answer that tells more', 600, 11_000, 10_100, 900],
    ['an answer that tells less', 600, 11_000, 10_900, 599.95],
  ])('%s', (_, offsetMs, dateMs, monotonicMs, expected) => {
    expect(offsetAfter(offsetMs, dateMs, monotonicMs)).toBeCloseTo(expected, 6);
  });
});
