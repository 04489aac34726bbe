import type { Parts } from '../compose.js';
import type { GraphObject } from '../graph/objects.js';
import type { Resource } from '../resource/resource.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';
import { collect } from './collect.js';

/** Most entries of a drop-down: Power Platform shows one answer, and no next page. */
const limit = 1000;

/**
 * GET …/labels: a text for each object by which people tell it from others, sorted as people sort.
 * @throws Problem of the reads
 */
export async function labels(call: HttpCall, parts: Parts): Promise<Answer> {
  const { found } = await collect({ fits: () => true, limit, from: { query: '', skip: 0 } }, parts, call);
  const all = found.map((object) => ({ id: String(object.id), label: labelOf(object, parts.resource) }));
  const alike = Map.groupBy(all, ({ label }) => label.toLowerCase());
  const value = all.map(({ id, label }) => ({
    id,
    label: (alike.get(label.toLowerCase()) ?? []).length > 1 ? `${label} (${id.slice(0, 8)})` : label,
  }));
  return jsonAnswer({ value: value.sort((a, b) => collator.compare(a.label, b.label)) });
}

const collator = new Intl.Collator('en', { numeric: true });

/** What the resource's label is made of, as far as there is any; else the id. */
function labelOf(object: GraphObject, { label }: Resource): string {
  const known = label.map((name) => object[name]).filter((text) => typeof text === 'string' && text.trim() !== '');
  return known.length > 0 ? known.join(', ') : String(object.id);
}
