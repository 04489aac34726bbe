import type { Config } from '../config.js';
import { Problem, type Code, type Mistake } from '../problem.js';
import type { Wanted } from '../resource/parse.js';
import type { Graph, GraphCall, Shown } from './client.js';
import { wait } from './deadline.js';
import type { Shutdown } from './shutdown.js';
import { missing, untouched } from './verify.js';

interface Deps {
  readonly graph: Graph;
  readonly config: Config;
  readonly shutdown: Shutdown;
}

/**
 * The object before the write, for the audit; undefined when it cannot be had, which stops nothing.
 * @throws Problem not-found: an update of what is not there needs no write
 */
export async function peek({ graph, config }: Deps, id: string, call: GraphCall): Promise<Shown | undefined> {
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
 * Applies the values and returns the object only when Graph's own answer shows them.
 * @param before the object before the write, where it is known
 * @throws Problem with the outcome of the call as a whole: of the last attempt, update-not-applied (F16) or update-unverified (F17)
 */
export async function applyUpdate(
  deps: Deps,
  id: string,
  wanted: Wanted,
  before: Shown | undefined,
  call: GraphCall,
): Promise<Shown> {
  const { graph, config } = deps;
  const { verifyTolerance: tolerance, limits } = config;

  let shown: Shown | undefined;
  try {
    shown = await graph.patch(id, wanted, call);
  } catch (error) {
    if (!(error instanceof Problem) || !worthALook.includes(error.code)) throw error;
    if (call.deadline.leftMs() < limits.readBackLeastMs) throw error;
    const found = await readBack(deps, id, call, 0);
    if (found !== undefined && missing(wanted, found, tolerance).length === 0) return found;
    throw error;
  }

  if (shown !== undefined && missing(wanted, shown, tolerance).length === 0) return shown;
  const found = await readBack(deps, id, call, shown === undefined ? 0 : limits.readBackDelayMs);
  if (found === undefined) throw new Problem('update-unverified', 'unknown');
  const missed = missing(wanted, found, tolerance);
  if (missed.length === 0) return found;
  const certain = !call.journey.ambiguous && untouched(wanted, found, before);
  throw new Problem('update-not-applied', certain ? 'not-applied' : 'unknown', { errors: missed.map(notApplied) });
}

/** One GET, without repetition; undefined when it fails or no time is left for it. */
async function readBack({ graph, config, shutdown }: Deps, id: string, call: GraphCall, delayMs: number) {
  const { deadline, journey } = call;
  if (deadline.leftMs() < delayMs + config.limits.leastAttemptMs) return undefined;
  // A write is under way until it is verified: shut-down gives it its time.
  if (delayMs > 0 && !(await wait(delayMs, shutdown.attemptsEnd))) return undefined;
  return graph.get(id, { deadline, journey, limits: { maxAttempts: 1 } }).catch(() => undefined);
}

function notApplied(name: string): Mistake {
  return { pointer: `/${name}`, code: 'not-applied', message: 'Microsoft Graph does not show the new value.' };
}
