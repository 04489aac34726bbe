import { Problem } from '../problem.js';
import { sameId } from '../resource/id.js';
import type { Resource } from '../resource/resource.js';
import { isObject } from './response.js';

/** An object of the resource as Graph has it: the id and the table's properties, nothing else. */
export type GraphObject = Readonly<Record<string, unknown>>;

/** Some objects of the collection, in Graph's order. */
export interface Page {
  readonly objects: readonly GraphObject[];
  /** Query of the page that follows, as Graph wrote it; undefined on the last one. */
  readonly nextQuery?: string;
}

/** The object of an answer, in Graph's spelling of its id; undefined when it is another one or none. */
export function readItem(resource: Resource, body: unknown, id: string): GraphObject | undefined {
  const value = isObject(body) && isObject(body.value) ? body.value : body;
  if (!isObject(value)) return undefined;
  const { id: own = id } = value;
  return typeof own === 'string' && sameId(own, id) ? show(resource, value, own) : undefined;
}

/** What a value shows of an object: undefined when it has none of the table's properties. */
function show({ fields }: Resource, value: Record<string, unknown>, id: string): GraphObject | undefined {
  const properties = Object.keys(fields).filter((name) => Object.hasOwn(value, name));
  if (properties.length === 0) return undefined;
  return Object.fromEntries([['id', id], ...properties.map((name) => [name, value[name]])]) as GraphObject;
}

/** @throws Problem graph-error for what is not a page, and for one that leads to another address than the collection's */
export function readPage(resource: Resource, body: unknown, collection: URL): Page {
  const values: unknown[] = isObject(body) && Array.isArray(body.value) ? body.value : [undefined];
  const objects = values.map((value) =>
    isObject(value) && typeof value.id === 'string' ? show(resource, value, value.id) : undefined,
  );
  const link = isObject(body) ? body['@odata.nextLink'] : undefined;
  const next = typeof link === 'string' && URL.canParse(link) ? new URL(link) : undefined;
  const elsewhere = next !== undefined && (next.origin !== collection.origin || next.pathname !== collection.pathname);
  if (!objects.every((object) => object !== undefined) || (link !== undefined && next === undefined) || elsewhere)
    throw new Problem('graph-error');
  return { objects, ...(next !== undefined && { nextQuery: next.search.slice(1) }) };
}
