import { Problem } from '../problem.js';

/** Paths of this API, where ids of objects could stand. */
const taken = /^(batch|jobs|labels)$/i;

/**
 * Whether a text can be the id of an object. Ids are opaque to Graph's documentation; this list of characters holds every id seen or
 * likely, and none that means anything in a path or needs encoding (F50).
 */
export function isId(text: string): boolean {
  return /^[\w.~=-]{1,256}$/.test(text) && !/^\.+$/.test(text) && !taken.test(text);
}

/** The id of a path's segment, as it is sent to Graph. @throws Problem invalid-id */
export function readId(segment: string): string {
  if (!isId(segment)) throw new Problem('invalid-id');
  return segment;
}
