import type { Call } from '../call.js';
import type { AttemptLimits } from '../graph/client.js';
import type { BatchItem } from '../graph/batch.js';
import { problemOf, type Failure } from '../graph/failure.js';
import type { GraphObject } from '../graph/objects.js';
import { Problem } from '../problem.js';
import type { Changes } from '../resource/parse.js';
import type { UpdateParts } from './parts.js';
import { notShown } from './update.js';
import { differences } from './verify.js';

/** What a read of one object came to; undefined when it could not be read. */
export type Value = GraphObject | 'not-found' | undefined;

/** One of up to 20 updates. */
export interface Update {
  readonly id: string;
  readonly changes: Changes;
  /** What was read of the object before, where it was: a 404 to the write of an object that is there is no missing object (F12). */
  readonly before?: Value | undefined;
}

/** What became of one update in one `$batch` of writes. */
export type RowAttempt =
  | { readonly kind: 'applied'; readonly object: GraphObject }
  /** Certain: not applied, and sending it again does not help. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** Certain: not applied, and worth repeating after the wait: throttled, or nothing was sent at all. */
  | { readonly kind: 'throttled'; readonly problem: Problem; readonly retryAfterMs?: number }
  /** May have been applied. `never` again where Graph accepted it, or says that it would only fail again. */
  | { readonly kind: 'ambiguous'; readonly problem: Problem; readonly retry: Failure['retry'] };

/** One `$batch` of writes. */
export interface ManyAttempts {
  /** In the order of the updates. */
  readonly rows: readonly RowAttempt[];
  /** The batch failed as a whole. */
  readonly lost: boolean;
  /** The longest wait that any answer asked for. */
  readonly retryAfterMs?: number;
}

type Parts = Pick<UpdateParts, 'graph' | 'resource' | 'config'>;

/** The values now, by one `$batch` of at most 20 reads in one attempt, in the order of the ids. Never throws a Problem for Graph's answers. */
export async function readMany(
  ids: readonly string[],
  { graph }: Pick<Parts, 'graph'>,
  call: Call,
  limits?: AttemptLimits,
): Promise<readonly Value[]> {
  const answer = await graph.batch(
    ids.map((id) => ({ id })),
    call,
    limits,
  );
  if ('failure' in answer) return ids.map(() => undefined);
  return answer.items.map((item) => {
    if (item === undefined) return undefined;
    if ('object' in item) return item.object;
    return item.failure.code === 'not-found' ? 'not-found' : undefined;
  });
}

/**
 * One `$batch` of at most 20 writes, in one attempt; each answer is verified as a single update's 200 is, without looks.
 * Never throws a Problem for Graph's answers.
 */
export async function writeMany(updates: readonly Update[], parts: Parts, call: Call): Promise<ManyAttempts> {
  const answer = await parts.graph.batch(updates, call);
  if ('failure' in answer) {
    const { failure } = answer;
    return { rows: updates.map(() => failed(failure)), lost: true, ...waitOf([failure]) };
  }
  const failures = answer.items.flatMap((item) => (item && 'failure' in item ? [item.failure] : []));
  const rows = updates.map((update, index) => rowAttempt(update, answer.items[index], parts));
  return { rows, lost: false, ...waitOf(failures) };
}

function rowAttempt({ changes, before }: Update, item: BatchItem, { resource, config }: Parts): RowAttempt {
  if (item === undefined) return { kind: 'ambiguous', problem: new Problem('graph-error', 'unknown'), retry: 'yes' };
  if ('failure' in item) {
    const unknownWrite = item.failure.code === 'not-found' && typeof before === 'object';
    return failed(unknownWrite ? { ...item.failure, code: 'operation-not-supported-by-graph' } : item.failure);
  }
  const missing = item.object && differences(resource, changes, item.object, config.verifyTolerance);
  if (item.object !== undefined && missing?.length === 0 && config.verifyBy === 'answer')
    return { kind: 'applied', object: item.object };
  return { kind: 'ambiguous', problem: notShown(missing ?? []), retry: 'never' };
}

function failed(failure: Failure): RowAttempt {
  const { outcome, retry, retryAfterMs } = failure;
  const problem = problemOf(failure, outcome);
  if (outcome === 'unknown') return { kind: 'ambiguous', problem, retry };
  if (retry === 'never') return { kind: 'refused', problem };
  return { kind: 'throttled', problem, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function waitOf(failures: readonly Failure[]): { retryAfterMs?: number } {
  const waits = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return waits.length === 0 ? {} : { retryAfterMs: Math.max(...waits) };
}
