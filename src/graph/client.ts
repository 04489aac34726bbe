import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Config } from '../config.js';
import type { Resource } from '../resource/resource.js';
import { readObject } from '../resource/value.js';
import { Problem } from '../problem.js';
import { sameId } from '../resource/id.js';
import { Attempting } from './attempts.js';
import { Control, type Journey } from './control.js';
import type { Deadline } from './deadline.js';
import { isObject, type Received } from './received.js';
import { Sending } from './send.js';
import type { Shutdown } from './shutdown.js';
import type { TokenSource } from './token.js';

/** An object of the resource as Graph shows it: the id and the table's properties, nothing else. */
export type GraphObject = Readonly<Record<string, unknown>>;

/** Some objects of the collection, in Graph's order. */
export interface Page {
  readonly objects: readonly GraphObject[];
  /** Query of the page that follows: Graph's `$skiptoken` or `$skip`, as Graph wrote it; undefined on the last one. */
  readonly nextQuery?: string;
}

/** Graph, for one resource: three calls on one collection of one host. */
export interface Graph {
  /** The object; undefined when Graph answered with success and without a usable body. @throws Problem */
  readonly get: (id: string, call: GraphCall) => Promise<GraphObject | undefined>;
  /**
   * Sends the values once or more (they are absolute, so that a repetition is harmless).
   * @returns the object that a 200 echoes; undefined for any other success, whatever it holds, and for a 200 without that object
   * @throws Problem
   */
  readonly patch: (
    id: string,
    wanted: Readonly<Record<string, unknown>>,
    call: GraphCall,
  ) => Promise<GraphObject | undefined>;
  /** The page that a query of Graph's own leads to, the first for an empty one. @throws Problem */
  readonly page: (query: string, call: GraphCall) => Promise<Page>;
  readonly close: () => Promise<void>;
}

export interface GraphCall {
  readonly deadline: Deadline;
  readonly journey: Journey;
  /** For a request that is worth less than the call as a whole. */
  readonly limits?: { readonly attemptMs?: number; readonly maxAttempts?: number };
}

/** Most that is read of one answer: an object has less than 1 KiB, a page of a thousand less than 1 MiB (F27). */
const answerBytes = { object: 64 * 1024, page: 4 * 1024 * 1024 };

/**
 * The official Graph client with our own chain: attempts first, sending last, nothing between.
 * @param onDrift told once for each answer and property whose values are not of its type (F29)
 */
export function createGraph(
  config: Config,
  resource: Resource,
  tokens: TokenSource,
  shutdown: Shutdown,
  onDrift: (property: string) => void = () => undefined,
): Graph {
  const { root, version } = config.graph;
  const sending = new Sending(root, config.limits.connectMs);
  const attempting = new Attempting(tokens, config.limits, shutdown);
  attempting.setNext(sending);
  const client = Client.initWithMiddleware({ baseUrl: `${root}/`, defaultVersion: version, middleware: attempting });
  const collection = `/${version}/${resource.path}`;

  async function send(
    method: 'GET' | 'PATCH',
    path: string,
    call: GraphCall,
    { search = '', limitBytes, body }: { search?: string; limitBytes: number; body?: object },
  ): Promise<Received> {
    const { deadline, journey, limits } = call;
    const { attemptMs, maxAttempts } = { ...config.limits, ...limits };
    const control = new Control(method, deadline, journey, { attemptMs, maxAttempts, answerBytes: limitBytes }, search);
    const request = client.api(path).responseType(ResponseType.RAW).middlewareOptions([control]);
    try {
      return (await (method === 'GET' ? request.get() : request.patch(body))) as Received;
    } catch (error) {
      throw control.thrown ?? error;
    }
  }

  async function sendItem(method: 'GET' | 'PATCH', id: string, call: GraphCall, body: object = {}) {
    // The built path is held against what it must be, whatever let the id through (F50).
    if (new URL(`${root}${collection}/${id}`).pathname !== `${collection}/${id}`) throw new Problem('invalid-id');
    const answer = await send(method, `/${resource.path}/${id}`, call, { limitBytes: answerBytes.object, body });
    const item = answer.status === 200 ? readItem(answer.body, id) : undefined;
    return item && show([item])[0];
  }

  /** What is shown of objects; undefined for one with none of the table's properties. */
  function show(objects: readonly Item[]) {
    const read = objects.map(({ value, id }) => readObject(resource, value, id));
    for (const property of new Set(read.flatMap((one) => one?.drifted ?? []))) onDrift(property);
    return read.map((one) => one?.shown);
  }

  return {
    get: (id, call) => sendItem('GET', id, call),
    patch: (id, wanted, call) => sendItem('PATCH', id, call, { '@odata.type': resource.odataType, ...wanted }),
    page: async (query, call) => {
      const { search } = new URL(`${root}${collection}?${query}`);
      const { body } = await send('GET', `/${resource.path}`, call, { search, limitBytes: answerBytes.page }).catch(
        (error: unknown) => {
          // What is not there is the collection, which callers cannot name: no model is missing.
          throw error instanceof Problem && error.code === 'not-found' ? new Problem('graph-error') : error;
        },
      );
      const { values, nextQuery } = readPage(body, new URL(collection, root));
      const objects = show(values).filter((object) => object !== undefined);
      if (objects.length < values.length) throw new Problem('graph-error');
      return { objects, ...(nextQuery !== undefined && { nextQuery }) };
    },
    close: () => sending.close(),
  };
}

/** An object as Graph wrote it, with its id. */
interface Item {
  readonly value: Readonly<Record<string, unknown>>;
  readonly id: string;
}

/** The object of an answer, in Graph's spelling of its id; undefined when it is another one or none. */
function readItem(body: unknown, id: string): Item | undefined {
  const value = isObject(body) && isObject(body.value) ? body.value : body;
  if (!isObject(value)) return undefined;
  const { id: own = id } = value;
  return typeof own === 'string' && sameId(own, id) ? { value, id: own } : undefined;
}

/** @throws Problem graph-error for what is not a page of objects, and for one that leads to another address than the collection's */
function readPage(body: unknown, collection: URL) {
  const { value: all, '@odata.nextLink': link = null } = isObject(body) ? body : {};
  const values = (Array.isArray(all) ? (all as unknown[]) : [undefined]).map((value): Item | undefined =>
    isObject(value) && typeof value.id === 'string' ? { value, id: value.id } : undefined,
  );
  if (!values.every((value) => value !== undefined)) throw new Problem('graph-error');
  return { values, nextQuery: link === null ? undefined : nextQueryOf(link, collection) };
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
