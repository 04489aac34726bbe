import { type Call } from '../call.js';
import { wait } from '../deadline.js';
import type { Attempt } from '../graph/attempt.js';
import { mayGoAgain, nextAttempt } from '../graph/retry.js';
import { Problem } from '../problem.js';
import { auditUpdate } from './audit.js';
import { readMany, writeMany, type RowAttempt, type Update, type Value } from './many.js';
import type { UpdateParts } from './parts.js';
import { notShown, timeToLook, type Settled } from './update.js';
import { differences } from './verify.js';

/** One of the updates, and what is known of it so far. */
interface Row extends Update {
  before?: Value;
  /** The last thing that became of it; undefined until it is sent. */
  last?: RowAttempt;
  /** One of its writes may have been applied: the outcome is sticky. */
  ambiguous: boolean;
  readonly attempts: Attempt[];
}

/**
 * Applies up to 20 updates of different objects and knows the outcome of each, within the call's deadline: the values before by one
 * `$batch`, the writes by one, and again for those that were throttled or failed in a way worth repeating; then looks for those that
 * Graph does not show. One audit event for each.
 * @returns in the order of the updates; never throws a Problem
 */
export async function applyMany(
  updates: readonly Update[],
  parts: UpdateParts,
  call: Call,
): Promise<readonly Settled[]> {
  const rows: Row[] = updates.map((update) => ({ ...update, ambiguous: false, attempts: [] }));
  try {
    await readBefore(rows, parts, call);
    await writeAll(rows, parts, call);
    await lookAtOpen(rows, parts, call);
  } catch (error) {
    for (const row of rows)
      audit(row, row.attempts.some(({ writes }) => writes) ? 'unknown' : 'not-applied', 'internal');
    throw error;
  }
  return rows.map((row) => {
    const settled = settledOf(row);
    audit(row, settled.outcome, 'problem' in settled ? settled.problem.code : undefined);
    return settled;
  });

  function audit(row: Row, outcome: Settled['outcome'], problem?: Problem['code']): void {
    auditUpdate(parts, { ...row, before: known(row.before), outcome, problem }, call);
  }
}

/** Does something for some rows, and notes what was asked of Graph for it. */
async function noted<T>(rows: readonly Row[], call: Call, work: () => Promise<T>): Promise<T> {
  const earlier = call.attempts.length;
  try {
    return await work();
  } finally {
    for (const row of rows) row.attempts.push(...call.attempts.slice(earlier));
  }
}

async function readBefore(rows: readonly Row[], parts: UpdateParts, call: Call): Promise<void> {
  if (parts.config.auditFrom === 'none') return;
  const limits = { attemptMs: parts.config.limits.auditReadMs };
  const ids = rows.map(({ id }) => id);
  const values = await noted(rows, call, () => readMany(ids, parts, call, limits));
  rows.forEach((row, index) => {
    row.before = values[index];
    if (row.before === 'not-found') row.last = { kind: 'refused', problem: new Problem('not-found') };
  });
}

/** @param sent how often it was sent */
const worthSending = ({ last }: Row, sent: number) =>
  last === undefined || last.kind === 'throttled' || (last.kind === 'ambiguous' && mayGoAgain(last.retry, sent));

async function writeAll(rows: readonly Row[], parts: UpdateParts, call: Call): Promise<void> {
  const { config, lifecycle } = parts;
  for (let attempt = 1; ; attempt++) {
    const open = rows.filter((row) => worthSending(row, attempt - 1));
    if (open.length === 0 || (attempt > 1 && lifecycle.closing.aborted)) return;
    const earlier = call.attempts.length;
    const { rows: results, retryAfterMs } = await noted(open, call, () => writeMany(open, parts, call));
    open.forEach((row, index) => {
      const last = results[index];
      if (last !== undefined) row.last = last;
      row.ambiguous ||= last?.kind === 'ambiguous';
    });
    const nothingWasSent = call.attempts.length === earlier;
    if (nothingWasSent || !open.some((row) => worthSending(row, attempt))) return;
    const again = { retry: 'yes', ...(retryAfterMs !== undefined && { retryAfterMs }) } as const;
    const next = nextAttempt(again, attempt, call.deadline.leftMs(), Math.random(), config.limits);
    if ('stop' in next || !(await wait(next.waitMs, lifecycle.closing))) return;
  }
}

/** Graph accepted it, and its answer does not show it. */
const isAccepted = ({ last }: Row) => last?.kind === 'ambiguous' && last.problem.code.startsWith('update-');

/** Rows that Graph accepted are looked for as a single update is; others that may have been applied, once. */
async function lookAtOpen(rows: readonly Row[], parts: UpdateParts, call: Call): Promise<void> {
  const { config, resource } = parts;
  const { readBackDelaysMs, readBackLeastMs } = config.limits;
  for (const delayMs of rows.some(isAccepted) ? readBackDelaysMs : [0]) {
    const open = rows.filter(({ last }) => last?.kind === 'ambiguous');
    if (open.length === 0 || (!open.some(isAccepted) && call.deadline.leftMs() < readBackLeastMs)) return;
    if (!(await timeToLook(delayMs, parts, call))) return;
    const ids = open.map(({ id }) => id);
    const values = await noted(open, call, () => readMany(ids, parts, call));
    open.forEach((row, index) => {
      const object = known(values[index]);
      if (object === undefined) return;
      const missing = differences(resource, row.changes, object, config.verifyTolerance);
      if (missing.length === 0) row.last = { kind: 'applied', object };
      else if (isAccepted(row)) row.last = { kind: 'ambiguous', problem: notShown(missing), retry: 'never' };
    });
  }
}

function settledOf({ before, last, ambiguous, attempts }: Row): Settled {
  const more = { before: known(before), attempts };
  if (last === undefined) throw new Error('A row was never sent.');
  if (last.kind === 'applied') return { outcome: 'applied', object: last.object, ...more };
  const { code, outcome, more: told } = last.problem;
  const problem = ambiguous && outcome !== 'unknown' ? new Problem(code, 'unknown', told) : last.problem;
  return { outcome: problem.outcome, problem, ...more };
}

const known = (value: Value) => (typeof value === 'object' ? value : undefined);
