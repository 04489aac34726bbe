import type { GraphObject } from '../graph/objects.js';
import { mayGoAgain } from '../graph/retry.js';
import { differences } from '../updates/verify.js';
import { problems, type Code, type Problem } from '../problem.js';
import type { Changes } from '../resource/parse.js';
import type { Resource } from '../resource/resource.js';
import type { RowResult } from './job.js';
import type { RowAttempt, Value } from '../updates/many.js';

/** How far one row of a chunk has come. */
export interface RowState {
  /** Once it is there, it stays. */
  readonly result?: RowResult;
  /** Attempts that count against their limit. */
  readonly attempts: number;
  /** It has left us in this attempt at its chunk. */
  readonly sent: boolean;
  /** It may have been applied without a trustworthy answer. */
  readonly ambiguous: boolean;
  /** Nothing is won by sending it again. */
  readonly final: boolean;
  readonly problem?: Problem;
}

const fresh: RowState = { attempts: 0, sent: false, ambiguous: false, final: false };

/** The value before, as it is on record: `null` when it could not be read. */
export type Before = GraphObject | 'not-found' | null;

/** A row at the first attempt at its chunk. One that is not there is never sent, in no attempt. */
export function openRow(before: Before): RowState {
  return before === 'not-found' ? { ...fresh, result: resultOf('not-applied', 'not-found') } : fresh;
}

/**
 * A row at a later attempt, after whoever made an earlier one has gone without a word (F74). It is sent when it still shows the value
 * before, or cannot be read; it is told applied when it shows the new value; of all others nothing can be known.
 */
export function takeUpRow(changes: Changes, before: Before, now: Value, parts: Verifying): RowState {
  if (before === 'not-found') return openRow(before);
  if (now === undefined) return fresh;
  if (now === 'not-found') return { ...fresh, result: resultOf('unknown', 'job-interrupted') };
  if (before !== null && Object.keys(changes).every((name) => now[name] === before[name])) return fresh;
  if (shows(now, changes, parts)) return { ...fresh, result: { outcome: 'applied' } };
  return { ...fresh, result: resultOf('unknown', 'job-interrupted') };
}

/** What a value is held against. */
interface Verifying {
  readonly resource: Resource;
  readonly tolerance: number;
}

export function shows(object: GraphObject, changes: Changes, { resource, tolerance }: Verifying): boolean {
  return differences(resource, changes, object, tolerance).length === 0;
}

/**
 * A row after one answer.
 * @param later an earlier runner may have sent it: what is not applied is then unknown
 * @param free throttling and a `$batch` that failed as a whole (`lost`) use up no attempt
 */
export function afterAttempt(
  state: RowState,
  attempt: RowAttempt,
  { later, lost, free }: { readonly later: boolean; readonly lost: boolean; readonly free: boolean },
): RowState {
  if (attempt.kind === 'applied') return { ...state, result: { outcome: 'applied' } };
  const { problem } = attempt;
  const ambiguous = state.ambiguous || attempt.kind === 'ambiguous';
  const costs = (attempt.kind === 'throttled' || lost) && free ? 0 : 1;
  const tried = { ...state, ambiguous, problem, attempts: state.attempts + costs };
  if (attempt.kind === 'refused' && !lost)
    return { ...tried, result: resultOf(ambiguous || later ? 'unknown' : 'not-applied', problem.code) };
  return { ...tried, final: attempt.kind === 'ambiguous' && !mayGoAgain(attempt.retry, tried.attempts) && !lost };
}

/** Whether a row goes again. */
export function goesAgain({ result, final, attempts }: RowState, maxAttempts: number): boolean {
  return result === undefined && !final && attempts < maxAttempts;
}

/** What is told of a row when its chunk has come to its end. */
export function finalResult({ result, ambiguous, problem }: RowState, later: boolean): RowResult {
  return result ?? resultOf(ambiguous || later ? 'unknown' : 'not-applied', problem?.code ?? 'job-interrupted');
}

/** What is told of a row whose chunk is left because the job is canceled: nothing that may have been written is told otherwise (F80). */
export function canceledResult(state: RowState, later: boolean): RowResult {
  if (state.result !== undefined) return state.result;
  return later || state.sent ? finalResult(state, later) : { outcome: 'canceled' };
}

/** A row of a chunk that was begun and never came to a result. */
export const interrupted: RowResult = resultOf('unknown', 'job-interrupted');

function resultOf(outcome: RowResult['outcome'], code: Code): RowResult {
  return { outcome, code, detail: problems[code].description };
}
