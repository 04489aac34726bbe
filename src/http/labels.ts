import type { Parts } from '../compose.js';
import type { GraphObject } from '../graph/objects.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';
import { collect } from './collect.js';
import { listLimit, readNoQuery } from './query.js';

/**
 * GET …/labels: what a person chooses an object by, at most {@link listLimit}, sorted. Labels that are equal get the beginning of their ids.
 * @throws Problem invalid-query for any parameter, or of the reads
 */
export async function labels(call: HttpCall, parts: Parts): Promise<Answer> {
  readNoQuery(new URL(call.request.url).searchParams);
  const all = { fits: () => true, limit: listLimit, from: { query: '', skip: 0 } };
  const { found } = await collect(all, parts, call);

  const named = found.map((object) => ({ id: String(object.id), label: labelOf(object, parts.resource.label) }));
  const count = Map.groupBy(named, ({ label }) => label);
  const value = named.map(({ id, label }) =>
    (count.get(label)?.length ?? 0) > 1 ? { id, label: `${label} (${id.slice(0, 8)})` } : { id, label },
  );
  return jsonAnswer({ value: value.sort((one, other) => byLabel.compare(one.label, other.label)) });
}

const byLabel = new Intl.Collator('en', { numeric: true });

/** The texts that there are of an object; its id when there is none. */
function labelOf(object: GraphObject, names: readonly string[]): string {
  const texts = names.map((name) => object[name]).filter((value) => typeof value === 'string' && value !== '');
  return texts.length > 0 ? texts.join(', ') : String(object.id);
}
