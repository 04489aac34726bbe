import type { Twist } from './act.js';
import type { Answer } from './exchange.js';
import { writeSkipToken } from './query.js';

/** Where a page begins, as its query says. */
const startOf = (query: string) =>
  Number(/from (\d+)/.exec(Buffer.from(/skiptoken=(.*)/.exec(query)?.[1] ?? '', 'base64url').toString())?.[1] ?? -1);

/** The link of a page that leads astray, in the ways that a fault can ask for; `null` is one too. */
export function bentLink(pages: NonNullable<Twist['pages']>, query: string, collection: string): string | null {
  const to = (start: number) => `$skiptoken=${writeSkipToken(start)}`;
  const astray = {
    itself: `${collection}?${query === '' ? to(0) : query}`,
    circle: `${collection}?${to(startOf(query) === 20 ? 0 : 20)}`,
    endless: `${collection}?${to(startOf(query) + 1)}`,
    null: null,
    'other case': `${collection.replace(/[^/]+$/, (name) => name.toUpperCase())}?${to(20)}`,
    'no mark': `${collection}?$top=20`,
    'more options': `${collection}?$top=1&%24SkipToken=${writeSkipToken(20)}&$expand=devices`,
    'another path': `${collection}s?${to(20)}`,
    'another host': `${collection.replace('127.0.0.1', 'localhost')}?${to(20)}`,
    'no address': 'next',
  };
  return astray[pages];
}

/** A place in a body for a value that cannot be written by the usual means, such as thousands of arrays in each other. */
const place = (name: string) => `value of ${name}, as it is written`;

/** The object with places for the values that a fault shows instead of its own. */
export function withPlaces<T extends object>(object: T, values: Twist['values'] = {}): T {
  return { ...object, ...Object.fromEntries(Object.keys(values).map((name) => [name, place(name)])) };
}

/** The answer with the values in their places. */
export function withValues(answer: Answer, values: Twist['values'] = {}): Answer {
  const body = Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(JSON.stringify(place(name)), () => value),
    answer.body,
  );
  return { ...answer, body };
}
