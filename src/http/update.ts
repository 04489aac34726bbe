import { applyUpdate, peek } from '../graph/update.js';
import { missing } from '../graph/verify.js';
import { Problem } from '../problem.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { Call } from './call.js';
import { readChanges } from './changes.js';

/**
 * PATCH /v1/model-performance/{id}: applies some of the properties and answers with the object as Graph then has it.
 * @throws Problem of a reading step (nothing reached Graph) or of the update (which knows its outcome)
 */
export async function update(call: Call): Promise<Answer> {
  const wanted = await readChanges(call);
  call.audit.wanted = wanted;

  const before = await peek(call.deps, call.id, call);
  if (before !== undefined) call.audit.before = before;
  return jsonAnswer(await applyUpdate(call.deps, call.id, wanted, before, call));
}

/**
 * POST /v1/model-performance/{id}/preview: the same body and every check, and no write: what an update would change.
 * @throws Problem of a reading step, or of the read
 */
export async function preview(call: Call): Promise<Answer> {
  const wanted = await readChanges(call);

  const before = await call.deps.graph.get(call.id, call);
  if (before === undefined) throw new Problem('graph-error');
  const changes = missing(call.deps.resource, wanted, before, 0).map((property) => ({
    property,
    from: before[property] ?? null,
    to: wanted[property],
  }));
  return jsonAnswer({ id: before.id, changes });
}
