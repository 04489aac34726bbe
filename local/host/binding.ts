import type { TypedData } from './protocol.js';
import type { Target } from './target.js';

/** What of a request becomes trigger metadata. */
export interface Bound {
  /** The body, if it came with a Content-Length above 0. */
  readonly body: Buffer | undefined;
  readonly query: Target['query'];
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The trigger metadata of an HTTP call, from which the library makes `params` and, in stream mode, `headers`.
 *
 * The real host puts more into it than route parameters: top-level properties of a JSON body that came with a Content-Length, then the
 * query (except `code`), then the route's values, later ones over earlier ones. Names are compared without regard to case, and the first
 * spelling stays. So `?ID=x` on the route `{id}` makes the route's value appear as `params.ID`, and `?Headers={…}` takes the place of the
 * request's headers. An app has to withstand that, so it is the same here.
 */
export function triggerMetadata({ body, query, params, headers }: Bound): Record<string, TypedData> {
  const bound = new Map<string, { name: string; data: TypedData }>();
  const bind = (name: string, data: TypedData) => {
    const key = name.toLowerCase();
    bound.set(key, { name: bound.get(key)?.name ?? name, data });
  };
  const queryValues = lastValues(query);
  for (const [name, data] of bodyProperties(body)) bind(name, data);
  for (const [name, value] of queryValues) if (name.toLowerCase() !== 'code') bind(name, { string: value });
  for (const [name, value] of Object.entries(params)) bind(name, { string: value });
  if (!bound.has('query')) bind('Query', { json: JSON.stringify(Object.fromEntries(queryValues)) });
  if (!bound.has('headers')) bind('Headers', { json: JSON.stringify(headers) });
  return Object.fromEntries([...bound.values()].map(({ name, data }) => [name, data]));
}

/** Names are one regardless of case; of several the last one counts, as it is spelt. */
function lastValues(query: Target['query']): (readonly [string, string])[] {
  return [...new Map(query.map(([name, value]) => [name.toLowerCase(), [name, value] as const])).values()];
}

/** The properties of a JSON body as metadata; nothing of one that cannot be read, or is nested too deep to be written again. */
export function bodyProperties(body: Buffer | undefined): [string, TypedData][] {
  try {
    const content: unknown = JSON.parse(body?.toString('utf8') ?? '');
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return [];
    return Object.entries(content).flatMap(([name, value]: [string, unknown]): [string, TypedData][] => {
      if (value === null || Array.isArray(value)) return [];
      if (typeof value === 'object') return [[name, { json: JSON.stringify(value) }]];
      if (typeof value === 'boolean') return [[name, { string: value ? 'True' : 'False' }]];
      return typeof value === 'string' || typeof value === 'number' ? [[name, { string: String(value) }]] : [];
    });
  } catch {
    return [];
  }
}
