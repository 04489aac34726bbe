import { heldMs, type Call } from '../call.js';
import { wait } from '../deadline.js';
import type { Attempt } from '../graph/attempt.js';
import type { GraphObject } from '../graph/objects.js';
import { Problem, type Code, type Mistake, type Outcome } from '../problem.js';
import type { Changes } from '../resource/parse.js';
import { auditUpdate } from './audit.js';
import type { UpdateParts } from './parts.js';
import { differences } from './verify.js';

/** What became of an update: applied, and Graph shows it; or a problem that says what is known. */
export type Settled = (
  | { readonly outcome: 'applied'; readonly object: GraphObject }
  | { readonly outcome: Outcome; readonly problem: Problem }
) & {
  /** The object before the write; undefined where it is not known. */
  readonly before?: GraphObject | undefined;
  readonly attempts: readonly Attempt[];
};

/**
 * Applies one update and knows the outcome. One audit event tells of it.
 * @param changes absolute values, so that a repetition is harmless
 * @returns never throws a Problem: its outcome is that of the update as a whole, over all attempts
 */
export async function applyUpdate(id: string, changes: Changes, parts: UpdateParts, call: Call): Promise<Settled> {
  const earlier = call.attempts.length;
  const known: { before?: GraphObject } = {};
  const ended = (outcome: Settled['outcome'], problem?: Code) => {
    const attempts = call.attempts.slice(earlier);
    auditUpdate(parts, { id, changes, ...known, outcome, problem, attempts }, call);
    return { ...known, attempts };
  };
  try {
    const before = await readBefore(id, parts, call);
    if (before !== undefined) known.before = before;
    const object = await write(id, changes, before, parts, call);
    return { outcome: 'applied', object, ...ended('applied') };
  } catch (error) {
    if (error instanceof Problem)
      return { outcome: error.outcome, problem: error, ...ended(error.outcome, error.code) };
    ended(call.attempts.some(({ writes }) => writes) ? 'unknown' : 'not-applied', 'internal');
    throw error;
  }
}

/**
 * The object before the write; undefined when it cannot be had, which stops nothing.
 * @throws Problem not-found: an update of what is not there needs no write
 */
async function readBefore(id: string, { graph, config }: UpdateParts, call: Call): Promise<GraphObject | undefined> {
  if (config.auditFrom === 'none') return undefined;
  try {
    return await graph.get(id, call, { attemptMs: config.limits.auditReadMs, maxAttempts: 1 });
  } catch (error) {
    if (error instanceof Problem && (error.code === 'not-found' || error.code === 'identity-unavailable')) throw error;
    return undefined;
  }
}

/** After these it is open whether the write arrived, and a look at the object can tell. */
const worthALook: readonly Code[] = ['graph-timeout', 'graph-connection-lost'];

/** @returns the object, once Graph shows the values. @throws Problem of the last attempt, or of `verified` */
async function write(
  id: string,
  changes: Changes,
  before: GraphObject | undefined,
  parts: UpdateParts,
  call: Call,
): Promise<GraphObject> {
  const { graph, config, resource } = parts;
  let echo: GraphObject | undefined;
  try {
    echo = await graph.patch(id, changes, call);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Graph showed the object a moment ago: it is the write that it does not know (F12).
    if (error.code === 'not-found' && before !== undefined)
      throw new Problem('operation-not-supported-by-graph', error.outcome);
    if (!worthALook.includes(error.code) || call.deadline.leftMs() < config.limits.readBackLeastMs) throw error;
    const found = await look(id, parts, call, 0);
    if (typeof found === 'object' && differences(resource, changes, found, config.verifyTolerance).length === 0)
      return found;
    throw error;
  }
  return verified(id, changes, echo, parts, call);
}

/**
 * The object, once Graph shows the values: in the answer to the write, or in one of the looks that follow, because Intune can show a
 * write half a minute late.
 * @param echo what a 200 showed
 * @throws Problem update-not-visible (F16) or update-unverified (F17), always `unknown`: nothing is certain of a write that was accepted
 */
async function verified(
  id: string,
  changes: Changes,
  echo: GraphObject | undefined,
  parts: UpdateParts,
  call: Call,
): Promise<GraphObject> {
  const { resource, config } = parts;
  const missing = (object: GraphObject) => differences(resource, changes, object, config.verifyTolerance);
  const trusted = config.verifyBy === 'answer' ? echo : undefined;
  if (trusted !== undefined && missing(trusted).length === 0) return trusted;

  const delaysMs = config.limits.readBackDelaysMs;
  let readable = echo;
  for (const delayMs of trusted === undefined ? delaysMs : delaysMs.slice(1)) {
    const found = await look(id, parts, call, delayMs);
    if (found === 'no time') break;
    if (found !== undefined && missing(found).length === 0) return found;
    readable = found ?? readable;
  }
  throw notShown(readable === undefined ? [] : missing(readable));
}

/** The problem of a write that Graph accepted and does not show. @param missing names of properties; none when nothing could be read */
export function notShown(missing: readonly string[]): Problem {
  return missing.length === 0
    ? new Problem('update-unverified', 'unknown')
    : new Problem('update-not-visible', 'unknown', { errors: missing.map(notVisible) });
}

function notVisible(name: string): Mistake {
  return { pointer: `/${name}`, code: 'not-visible', message: 'Microsoft Graph does not show the new value.' };
}

/** One GET, without repetition, after a wait; undefined when it fails. */
async function look(
  id: string,
  parts: UpdateParts,
  call: Call,
  delayMs: number,
): Promise<GraphObject | 'no time' | undefined> {
  if (!(await timeToLook(delayMs, parts, call))) return 'no time';
  return parts.graph.get(id, call, { maxAttempts: 1 }).catch(() => undefined);
}

/**
 * Waits before a look, at least as long as Graph asked this call to; false when the time left does not allow it. A write is under way
 * until it is verified: shut-down gives it its time.
 */
export async function timeToLook(
  delayMs: number,
  { config, lifecycle }: Pick<UpdateParts, 'config' | 'lifecycle'>,
  call: Call,
): Promise<boolean> {
  const waitMs = Math.max(delayMs, heldMs(call));
  if (call.deadline.leftMs() < waitMs + config.limits.leastAttemptMs) return false;
  return waitMs === 0 || wait(waitMs, lifecycle.cut);
}
