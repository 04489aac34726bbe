import { Problem } from '../problem.js';
import { sameId } from '../resource/id.js';
import type { Resource } from '../resource/resource.js';
import { readObject } from '../resource/value.js';
import { isObject } from './response.js';

/** An object of the resource as Graph has it: the id and the table's properties, nothing else. */
export type GraphObject = Readonly<Record<string, unknown>>;

/** Some objects of the collection, in Graph's order. */
export interface Page {
  readonly objects: readonly GraphObject[];
  /** Query of the page that follows: Graph's `$skiptoken` or `$skip`, as Graph wrote it; undefined on the last one. */
  readonly nextQuery?: string;
}

/** Reads objects of Graph's. */
export interface ObjectReader {
  /** The object of an answer, in Graph's spelling of its id; undefined when it is another one or none. */
  readonly item: (body: unknown, id: string) => GraphObject | undefined;
  /** @throws Problem graph-error for what is not a page of objects, and for one that leads to another address than the collection's */
  readonly page: (body: unknown, collection: URL) => Page;
}

/** An object as Graph wrote it, with its id. */
interface Item {
  readonly value: Readonly<Record<string, unknown>>;
  readonly id: string;
}

/** @param onDrift told once for each answer and property whose values are not of its type (F29) */
export function createObjectReader({ fields }: Resource, onDrift: (property: string) => void): ObjectReader {
  const properties = Object.entries(fields);

  /** What is shown of objects; undefined for one with none of the table's properties. */
  function show(items: readonly Item[]): (GraphObject | undefined)[] {
    const read = items.map(({ value, id }) => readObject(properties, value, id));
    for (const property of new Set(read.flatMap((one) => one?.drifted ?? []))) onDrift(property);
    return read.map((one) => one?.shown);
  }

  return {
    item: (body, id) => {
      const value = isObject(body) && isObject(body.value) ? body.value : body;
      if (!isObject(value)) return undefined;
      const { id: own = id } = value;
      return typeof own === 'string' && sameId(own, id) ? show([{ value, id: own }])[0] : undefined;
    },
    page: (body, collection) => {
      const { value: all, '@odata.nextLink': link = null } = isObject(body) ? body : {};
      const items = (Array.isArray(all) ? (all as unknown[]) : [undefined]).flatMap((value): Item[] => {
        if (!isObject(value) || typeof value.id !== 'string') throw new Problem('graph-error');
        return [{ value, id: value.id }];
      });
      const objects = show(items).filter((object) => object !== undefined);
      if (objects.length < items.length) throw new Problem('graph-error');
      return { objects, ...(link !== null && { nextQuery: nextQueryOf(link, collection) }) };
    },
  };
}

/** What of a link says where the next page begins; everything else that a query can hold is ours to say. */
function nextQueryOf(link: unknown, collection: URL): string {
  const next = typeof link === 'string' && URL.canParse(link) ? new URL(link) : undefined;
  const query = ['$skiptoken', '$skip'].flatMap((name) => parameterOf(next?.search ?? '', name)).at(0);
  const here = next?.origin === collection.origin && samePath(next.pathname, collection.pathname);
  if (!here || query === undefined) throw new Problem('graph-error');
  return query;
}

/** OData's system query options may be written with `$` or `%24`. Their values are opaque, and go out as they came. */
function parameterOf(search: string, name: string): string[] {
  return search
    .slice(1)
    .split('&')
    .map((part) => part.replace(/^%24/i, '$'))
    .filter((part) => part.toLowerCase().startsWith(`${name}=`))
    .map((part) => `${name}=${part.slice(name.length + 1)}`);
}

const samePath = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
