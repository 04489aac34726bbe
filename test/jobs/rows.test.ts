import { describe, expect, test } from '@jest/globals';
import type { GraphObject } from '../../src/graph/objects.js';
import type { RowAttempt, Value } from '../../src/updates/many.js';
import {
  afterAttempt,
  canceledResult,
  finalResult,
  goesAgain,
  openRow,
  takeUpRow,
  type Before,
  type RowState,
} from '../../src/jobs/rows.js';
import { Problem, type Code } from '../../src/problem.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

const parts = { resource: modelPerformance, tolerance: 1e-6 };
const changes = { modelDeviceCount: 7, windowsScore: 50 };
const object = (count: number, score: number): GraphObject => ({
  ...{ id: 'a', model: 'X', modelDeviceCount: count, windowsScore: score },
});
const [old, changed, half, other] = [object(1, 10), object(7, 50.000001), object(7, 10), object(3, 20)];
const fresh: RowState = { attempts: 0, sent: false, ambiguous: false, final: false };

describe('F74 a row whose earlier runner has gone', () => {
  test.each<[string, Before, Value, string]>([
    ['shows the value before: sent', old, old, 'sent'],
    ['shows the new value: applied', old, changed, 'applied'],
    ['shows neither: unknown', old, other, 'unknown'],
    ['shows half of it: unknown', old, half, 'unknown'],
    ['cannot be read: sent', old, undefined, 'sent'],
    ['has gone: unknown', old, 'not-found', 'unknown'],
    ['showed the new value before, and still does: sent', changed, changed, 'sent'],
    ['value before not known, shows the new value: applied', null, changed, 'applied'],
    ['value before not known, shows another: unknown', null, old, 'unknown'],
    ['value before not known, cannot be read: sent', null, undefined, 'sent'],
    ['was not there, so it was never sent: not-applied', 'not-found', changed, 'not-applied'],
  ])('%s', (_, before, now, expected) => {
    expect(takeUpRow(changes, before, now, parts).result?.outcome ?? 'sent').toBe(expected);
  });
});

const problem = (code: Code, outcome: Problem['outcome'] = 'not-applied') => new Problem(code, outcome);
const attempts = {
  applied: { kind: 'applied', object: changed },
  refused: { kind: 'refused', problem: problem('rejected-by-graph') },
  throttled: { kind: 'throttled', problem: problem('graph-throttled') },
  failed: { kind: 'ambiguous', problem: problem('graph-error', 'unknown'), retry: 'yes' },
  failedWithin: { kind: 'ambiguous', problem: problem('graph-error', 'unknown'), retry: 'once' },
  unseen: { kind: 'ambiguous', problem: problem('update-not-visible', 'unknown'), retry: 'never' },
} as const satisfies Record<string, RowAttempt>;
type Name = keyof typeof attempts;

describe('a row after its answers', () => {
  /** What is told when the chunk comes to its end, and what when the job is canceled now; whether it goes again before. */
  test.each<[Name[], string, string, boolean]>([
    [['applied'], 'applied', 'applied', false],
    [['refused'], 'not-applied', 'not-applied', false],
    [['throttled'], 'not-applied', 'not-applied', true],
    [['throttled', 'throttled', 'throttled'], 'not-applied', 'not-applied', false],
    [['throttled', 'applied'], 'applied', 'applied', false],
    [['failed'], 'unknown', 'unknown', true],
    [['failed', 'failed', 'failed'], 'unknown', 'unknown', false],
    [['failedWithin'], 'unknown', 'unknown', true],
    [['failedWithin', 'failedWithin'], 'unknown', 'unknown', false],
    [['throttled', 'failedWithin'], 'unknown', 'unknown', false],
    [['failed', 'refused'], 'unknown', 'unknown', false],
    [['failed', 'throttled', 'throttled'], 'unknown', 'unknown', false],
    [['failed', 'applied'], 'applied', 'applied', false],
    [['unseen'], 'unknown', 'unknown', false],
  ])('%j', (answers, atTheEnd, canceled, again) => {
    const state = answers.reduce<RowState>(
      (row, answer) => afterAttempt(row, attempts[answer], { later: false, lost: false, free: false }),
      { ...fresh, sent: true },
    );
    expect(finalResult(state, false).outcome).toBe(atTheEnd);
    expect(canceledResult(state, false).outcome).toBe(canceled);
    expect(goesAgain(state, 3)).toBe(again);
  });

  test.each<[string, Name, { later?: boolean; lost?: boolean; free?: boolean }, Partial<RowState>]>([
    ['throttling costs nothing at first', 'throttled', { free: true }, { attempts: 0 }],
    ['a lost batch costs nothing at first', 'failed', { free: true, lost: true }, { attempts: 0, ambiguous: true }],
    ['a lost batch costs an attempt later', 'failed', { lost: true }, { attempts: 1, ambiguous: true }],
    ['a failure of its own always costs one', 'failed', { free: true }, { attempts: 1 }],
    ['a batch that never left is no refusal', 'refused', { lost: true, free: true }, { attempts: 0, ambiguous: false }],
    ['a lost batch is worth a repetition', 'unseen', { lost: true }, { final: false }],
  ])('%s', (_, answer, given, expected) => {
    const state = afterAttempt(fresh, attempts[answer], { later: false, lost: false, free: false, ...given });
    expect(state).toMatchObject(expected);
    expect(state.result).toBeUndefined();
  });

  test('a refusal is unknown where an earlier runner may have been luckier', () => {
    const { result } = afterAttempt(fresh, attempts.refused, { later: true, lost: false, free: false });
    expect(result).toMatchObject({ outcome: 'unknown', code: 'rejected-by-graph' });
  });
});

describe('F80 a row that is left because of a cancel', () => {
  test.each<[string, RowState, boolean, string]>([
    ['never left', fresh, false, 'canceled'],
    ['never left in this attempt', fresh, true, 'unknown'],
    ['left', { ...fresh, sent: true, ambiguous: true }, false, 'unknown'],
    [
      'was refused for certain, in a batch that failed',
      { ...fresh, sent: true, problem: problem('graph-unreachable') },
      false,
      'not-applied',
    ],
    ['is settled', openRow('not-found'), false, 'not-applied'],
  ])('%s', (_, state, later, expected) => {
    expect(canceledResult(state, later).outcome).toBe(expected);
  });
});

test('every result that is not applied tells its code and a sentence', () => {
  expect(openRow('not-found').result).toMatchObject({ code: 'not-found', detail: expect.stringMatching(/\w/) });
  expect(finalResult({ ...fresh, ambiguous: true, problem: problem('graph-timeout', 'unknown') }, false)).toMatchObject(
    {
      ...{ outcome: 'unknown', code: 'graph-timeout' },
    },
  );
  expect(finalResult(fresh, true)).toMatchObject({ outcome: 'unknown', code: 'job-interrupted' });
});
