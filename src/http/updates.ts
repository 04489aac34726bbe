import { Problem, type Mistake } from '../problem.js';
import { idKey } from '../resource/id.js';
import type { Changes, Parsed } from '../resource/parse.js';
import { isId } from './id.js';

/** Most mistakes that one answer lists. */
const mistakeLimit = 100;

/** One update of many: which object, and what is to change. */
export interface OneUpdate {
  readonly id: string;
  readonly changes: Changes;
}

/**
 * The updates of a body `{updates: [{id, …}]}`: at least one and at most `limit`, each with a valid id that no other has, and each
 * held against the resource's table.
 * @throws Problem invalid-body that names every mistake by its place, `/updates/<n>/<property>`; nothing is taken with a mistake
 */
export function readUpdates(
  body: unknown,
  limit: number,
  parse: (item: unknown, id: string) => Parsed,
): readonly OneUpdate[] {
  const items = itemsOf(body, limit);
  const rows = new Map<string, number>();
  const mistakes: Mistake[] = [];
  const updates = items.flatMap((item, index): OneUpdate[] => {
    const place = `/updates/${index}`;
    const id = idOf(item);
    if (id === undefined) mistakes.push({ pointer: `${place}/id`, ...noId });
    else {
      const earlier = rows.get(idKey(id));
      if (earlier !== undefined) mistakes.push({ pointer: `${place}/id`, ...twice(earlier) });
      else rows.set(idKey(id), index);
    }
    const parsed = parse(item, id ?? '');
    if ('wanted' in parsed) return [{ id: id ?? '', changes: parsed.wanted }];
    const own = parsed.mistakes.filter(({ pointer }) => id !== undefined || pointer !== '/id');
    mistakes.push(...own.map((mistake) => ({ ...mistake, pointer: `${place}${mistake.pointer}` })));
    return [];
  });
  if (mistakes.length > 0) throw refusal(mistakes);
  return updates;
}

const noId = {
  code: 'invalid-id',
  message: 'Every update has an id, as the list of models gives it: letters, digits and . _ ~ = - only.',
};

const twice = (earlier: number) => ({
  code: 'duplicate-id',
  message: `The same id stands in /updates/${earlier}: send one update for each model.`,
});

function idOf(item: unknown): string | undefined {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'string' && isId(id) ? id : undefined;
}

/** @throws Problem invalid-body for anything but an object with a list of that length */
function itemsOf(body: unknown, limit: number): readonly unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refusal([{ pointer: '', code: 'wrong-type', message: 'The body must be one JSON object.' }]);
  const unknown = Object.keys(body).filter((name) => name !== 'updates');
  if (unknown.length > 0)
    throw refusal([{ pointer: '', code: 'unknown-property', message: 'The body holds updates and nothing else.' }]);
  const items: unknown = 'updates' in body ? body.updates : undefined;
  if (!Array.isArray(items) || items.length === 0 || items.length > limit)
    throw refusal([{ pointer: '/updates', code: 'wrong-length', message: `Send a list of 1 to ${limit} updates.` }]);
  return items as unknown[];
}

function refusal(mistakes: readonly Mistake[]): Problem {
  return new Problem('invalid-body', 'not-applied', { errors: mistakes.slice(0, mistakeLimit) });
}
