import type { Call } from '../call.js';
import type { Parts } from '../compose.js';
import { batchLimit } from '../graph/batch.js';
import type { Problem } from '../problem.js';
import { applyMany } from '../updates/applyMany.js';
import type { Words } from '../resource/words.js';
import type { Settled } from '../updates/update.js';
import { jsonAnswer, problemBody, type Answer } from './answer.js';
import { readJson } from './body.js';
import type { HttpCall } from './call.js';
import { readNullMeant } from './query.js';
import { readUpdates } from './updates.js';

/** Largest body of a batch. */
export const batchLimitBytes = 256 * 1024;

/**
 * POST /v1/model-performance/batch: up to 20 updates, each verified and told like a single one. One that is invalid refuses all.
 * @throws Problem of a reading step, or what kept every write from leaving; once one may have left, the answer is 200
 */
export async function batch(call: HttpCall, parts: Parts): Promise<Answer> {
  const nullMeant = readNullMeant(new URL(call.request.url).searchParams);
  const { value } = await readJson(call.request, { types: ['application/json'], limitBytes: batchLimitBytes });
  const updates = readUpdates(value, batchLimit, (item, id) => parts.parse(item, id, nullMeant));
  const settled = await applyMany(updates, parts, call);
  const stopped = whatStopped(settled, call);
  if (stopped !== undefined) throw stopped;
  const count = (outcome: Settled['outcome']) => settled.filter((one) => one.outcome === outcome).length;
  return jsonAnswer({
    summary: {
      total: settled.length,
      applied: count('applied'),
      notApplied: count('not-applied'),
      unknown: count('unknown'),
    },
    results: settled.map((one, index) => resultOf(updates[index]?.id ?? '', one, call, parts.resource)),
  });
}

function resultOf(id: string, one: Settled, { requestId }: Call, words: Words): object {
  const { outcome } = one;
  return 'problem' in one
    ? { id, outcome, problem: problemBody(one.problem, requestId, words) }
    : { id, outcome, object: one.object };
}

/** Why no write left, when none did: an object that is not there stops its own update alone. */
function whatStopped(settled: readonly Settled[], { attempts }: Call): Problem | undefined {
  if (attempts.some(({ writes, failure }) => writes && failure !== 'graph-unreachable')) return undefined;
  const found = settled.flatMap((one) => ('problem' in one ? [one.problem] : []));
  return found.find(({ code }) => code !== 'not-found') ?? found[0];
}
