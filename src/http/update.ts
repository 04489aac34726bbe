import type { Parts } from '../compose.js';
import type { GraphObject } from '../graph/objects.js';
import { Problem } from '../problem.js';
import { applyUpdate, type Settled } from '../updates/update.js';
import { differences } from '../updates/verify.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';
import { readChanges } from './changes.js';

/**
 * PATCH /v1/model-performance/{id}: applies some of the properties and answers with the object as Graph then has it.
 * @throws Problem of a reading step (nothing reached Graph) or of the update (which knows its outcome)
 */
export async function update(call: HttpCall, parts: Parts): Promise<Answer> {
  const changes = await readChanges(call, parts);
  return jsonAnswer(objectOf(await applyUpdate(call.id, changes, parts, call)));
}

/**
 * POST /v1/model-performance/{id}/preview: the same body and every check, and no write: what an update would change.
 * @throws Problem of a reading step, or of the read
 */
export async function preview(call: HttpCall, parts: Parts): Promise<Answer> {
  const changes = await readChanges(call, parts);
  const before = await parts.graph.get(call.id, call);
  if (before === undefined) throw new Problem('graph-error');
  const told = differences(parts.resource, changes, before, 0).map((property) => ({
    property,
    from: before[property] ?? null,
    to: changes[property],
  }));
  return jsonAnswer({ id: before.id, changes: told });
}

/** @throws Problem of an update that is not known to be applied */
function objectOf(settled: Settled): GraphObject {
  if ('problem' in settled) throw settled.problem;
  return settled.object;
}
