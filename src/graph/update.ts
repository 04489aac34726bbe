import type { Config } from '../config.js';
import { Problem, type Code, type Mistake } from '../problem.js';
import type { Wanted } from '../resource/parse.js';
import type { Resource } from '../resource/resource.js';
import { heldMs } from './attempts.js';
import type { Graph, GraphCall, GraphObject } from './client.js';
import { wait } from './deadline.js';
import type { Shutdown } from './shutdown.js';
import { missing } from './verify.js';

interface Deps {
  readonly resource: Resource;
  readonly graph: Graph;
  readonly config: Config;
  readonly shutdown: Shutdown;
}

/**
 * The object before the write, for the audit; undefined when it cannot be had, which stops nothing.
 * @throws Problem not-found: an update of what is not there needs no write
 */
export async function peek({ graph, config }: Deps, id: string, call: GraphCall): Promise<GraphObject | undefined> {
  if (config.auditFrom === 'none') return undefined;
  const limits = { attemptMs: config.limits.auditReadMs, maxAttempts: 1 };
  try {
    return await graph.get(id, { deadline: call.deadline, journey: call.journey, limits });
  } catch (error) {
    if (error instanceof Problem && (error.code === 'not-found' || error.code === 'identity-unavailable')) throw error;
    return undefined;
  }
}

/** After these it is open whether the write arrived, and a look at the object can tell. */
const worthALook: readonly Code[] = ['graph-timeout', 'graph-connection-lost'];

/**
 * Applies the values and returns the object only when Graph shows them.
 * @param before the object before the write, where it is known
 * @throws Problem with the outcome of the call as a whole: of the last attempt, update-not-visible (F16) or update-unverified (F17)
 */
export async function applyUpdate(
  deps: Deps,
  id: string,
  wanted: Wanted,
  before: GraphObject | undefined,
  call: GraphCall,
): Promise<GraphObject> {
  const { graph, config, resource } = deps;
  let echo: GraphObject | undefined;
  try {
    echo = await graph.patch(id, wanted, call);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Graph showed the object a moment ago: it is the write that it does not know (F12).
    if (error.code === 'not-found' && before !== undefined)
      throw new Problem('operation-not-supported-by-graph', error.outcome);
    if (!worthALook.includes(error.code) || call.deadline.leftMs() < config.limits.readBackLeastMs) throw error;
    const found = await look(deps, id, call, 0);
    if (typeof found === 'object' && missing(resource, wanted, found, config.verifyTolerance).length === 0)
      return found;
    throw error;
  }
  return verified(deps, id, wanted, echo, call);
}

/**
 * The object, once Graph shows the values: in the answer to the write, or in one of the looks that follow, because Intune can show a
 * write half a minute late.
 * @param echo what a 200 showed
 * @throws Problem, always `unknown`: nothing is certain of a write that was accepted
 */
async function verified(
  deps: Deps,
  id: string,
  wanted: Wanted,
  echo: GraphObject | undefined,
  call: GraphCall,
): Promise<GraphObject> {
  const { resource, config } = deps;
  const missed = (object: GraphObject) => missing(resource, wanted, object, config.verifyTolerance);
  const trusted = config.verifyBy === 'answer' ? echo : undefined;
  if (trusted !== undefined && missed(trusted).length === 0) return trusted;

  const delaysMs = config.limits.readBackDelaysMs;
  let readable = echo;
  for (const delayMs of trusted === undefined ? delaysMs : delaysMs.slice(1)) {
    const found = await look(deps, id, call, delayMs);
    if (found === 'no time') break;
    if (found !== undefined && missed(found).length === 0) return found;
    readable = found ?? readable;
  }
  const errors = readable === undefined ? [] : missed(readable).map(notVisible);
  throw errors.length === 0
    ? new Problem('update-unverified', 'unknown')
    : new Problem('update-not-visible', 'unknown', { errors });
}

/** One GET, without repetition, after a wait; undefined when it fails. A write is under way until it is verified: shut-down gives it its time. */
async function look(
  { graph, config, shutdown }: Deps,
  id: string,
  { deadline, journey }: GraphCall,
  delayMs: number,
): Promise<GraphObject | 'no time' | undefined> {
  const waitMs = Math.max(delayMs, heldMs(journey));
  if (deadline.leftMs() < waitMs + config.limits.leastAttemptMs) return 'no time';
  if (waitMs > 0 && !(await wait(waitMs, shutdown.attemptsEnd))) return 'no time';
  return graph.get(id, { deadline, journey, limits: { maxAttempts: 1 } }).catch(() => undefined);
}

function notVisible(name: string): Mistake {
  return { pointer: `/${name}`, code: 'not-visible', message: 'Microsoft Graph does not show the new value.' };
}
