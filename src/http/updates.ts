import type { Mistake } from '../problem.js';
import { idKey } from '../resource/id.js';
import type { Changes, Parsed } from '../resource/parse.js';
import { refusalOf } from './changes.js';
import { isId } from './id.js';

/** One update of many: which object, and what is to change. */
export interface OneUpdate {
  readonly id: string;
  readonly changes: Changes;
}

/**
 * The updates of a body `{updates: [{id, …}]}`: at least one and at most `limit`, each with a valid id that no other has, and each
 * held against the resource's table.
 * @throws Problem invalid-body, or null-not-confirmed, that names every mistake by its place, `/updates/<n>/<property>`; nothing is taken
 *   with a mistake
 */
export function readUpdates(
  body: unknown,
  limit: number,
  parse: (item: unknown, id: string) => Parsed,
): readonly OneUpdate[] {
  const items = itemsOf(body, limit).map((value, index) => ({ value, place: `/updates/${index}` }));
  return readItems(items, parse);
}

/** One update as it was sent, its place for pointers, and where else people look for it, such as " (line 7)". */
export interface Item {
  readonly value: unknown;
  readonly place: string;
  readonly where?: string;
}

/**
 * Holds many updates against the resource's table, each with a valid id that no other has.
 * @param earlier mistakes that were found before
 * @throws Problem invalid-body with every mistake; nothing is taken with one
 */
export function readItems(
  items: readonly Item[],
  parse: (item: unknown, id: string) => Parsed,
  earlier: readonly Mistake[] = [],
): readonly OneUpdate[] {
  const places = new Map<string, string>();
  const mistakes = [...earlier];
  const updates = items.flatMap(({ value, place, where = '' }): OneUpdate[] => {
    const told = ({ pointer, code, message }: Mistake) =>
      mistakes.push({ pointer: `${place}${pointer}`, code, message: message.replace(/\.$/, `${where}.`) });
    const id = idOf(value);
    if (id === undefined) told({ pointer: '/id', ...noId });
    else {
      const other = places.get(idKey(id));
      if (other !== undefined) told({ pointer: '/id', ...twice(other) });
      else places.set(idKey(id), place);
    }
    const parsed = parse(value, id ?? '');
    if ('changes' in parsed) return [{ id: id ?? '', changes: parsed.changes }];
    for (const mistake of parsed.mistakes) if (id !== undefined || mistake.pointer !== '/id') told(mistake);
    return [];
  });
  if (mistakes.length > 0) throw refusalOf(mistakes, { errorsTotal: mistakes.length });
  return updates;
}

const noId = {
  code: 'invalid-id',
  message: 'Every update has an id, as the list of {{objects}} gives it: letters, digits and . _ ~ = - only.',
};

const twice = (place: string) => ({
  code: 'duplicate-id',
  message: `The same id stands in ${place}: send one update for each {{object}}.`,
});

function idOf(item: unknown): string | undefined {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'string' && isId(id) ? id : undefined;
}

/** @throws Problem invalid-body for anything but an object with a list of that length */
function itemsOf(body: unknown, limit: number): readonly unknown[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refusalOf([{ pointer: '', code: 'wrong-type', message: 'The body must be one JSON object.' }]);
  const unknown = Object.keys(body).filter((name) => name !== 'updates');
  if (unknown.length > 0)
    throw refusalOf([{ pointer: '', code: 'unknown-property', message: 'The body holds updates and nothing else.' }]);
  const items: unknown = 'updates' in body ? body.updates : undefined;
  if (!Array.isArray(items) || items.length === 0 || items.length > limit)
    throw refusalOf([{ pointer: '/updates', code: 'wrong-length', message: `Send a list of 1 to ${limit} updates.` }]);
  return items as unknown[];
}
