import type { Parts } from '../compose.js';
import { Problem } from '../problem.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';

/**
 * GET /v1/model-performance/{id}: the object as Graph has it.
 * @throws Problem not-found, graph-error when Graph shows no such object, or of the read
 */
export async function read(call: HttpCall, { graph }: Parts): Promise<Answer> {
  const object = await graph.get(call.id, call);
  if (object === undefined) throw new Problem('graph-error');
  return jsonAnswer(object);
}
