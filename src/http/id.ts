import { Problem } from '../problem.js';

/**
 * The id of a path's segment, as it is sent to Graph. Ids are opaque to Graph's documentation; this list of characters
 * holds every id seen or likely, and none that means anything in a path or needs encoding (F50).
 * @throws Problem invalid-id
 */
export function readId(segment: string): string {
  if (!/^[\w.~=-]{1,256}$/.test(segment) || /^\.+$/.test(segment)) throw new Problem('invalid-id');
  return segment;
}
