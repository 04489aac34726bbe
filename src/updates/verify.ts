import type { GraphObject } from '../graph/objects.js';
import type { Field } from '../resource/field.js';
import type { Changes } from '../resource/parse.js';
import type { Resource } from '../resource/resource.js';

/**
 * Whether a value of Graph's is the one that was sent: texts and whole numbers exactly; a missing value, `null` and the empty text are
 * one, because Graph stores them alike; a double within the tolerance, which is relative to the one that was sent, because a service
 * may keep single precision. A number beyond a double reads as infinite and is never the same.
 */
export function same({ edmType }: Field<unknown>, sent: unknown, found: unknown, tolerance: number): boolean {
  if (edmType === 'Edm.Double' && typeof sent === 'number' && typeof found === 'number')
    return Math.abs(sent - found) <= tolerance * Math.abs(sent);
  return (sent === '' ? null : sent) === (found === '' ? null : (found ?? null));
}

/** Names of the properties that an object does not have as they were sent, in the order in which they were. */
export function differences(
  { fields }: Pick<Resource, 'fields'>,
  changes: Changes,
  object: GraphObject,
  tolerance: number,
): string[] {
  return Object.entries(changes)
    .filter(([name, value]) => {
      const field = fields[name];
      return field !== undefined && !same(field, value, object[name], tolerance);
    })
    .map(([name]) => name);
}
