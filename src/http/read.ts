import { Problem } from '../problem.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { OpenCall } from './call.js';

/**
 * GET /v1/model-performance/{id}: the object as Graph has it.
 * @throws Problem not-found, graph-error when Graph shows no such object, or of the read
 */
export async function read({ id, deps, deadline, journey }: OpenCall): Promise<Answer> {
  const shown = await deps.graph.get(id, { deadline, journey });
  if (shown === undefined) throw new Problem('graph-error');
  return jsonAnswer(shown);
}
