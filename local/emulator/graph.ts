import type { Resource } from '../../src/resource/resource.js';
import { forbidden, readAccess, type Access, type Version } from './access.js';
import type { GraphError, Twist } from './act.js';
import { answerBatch, type Items } from './batch.js';
import { bentLink, withPlaces, withValues } from './bend.js';
import { readChange } from './csdl.js';
import { graphError, graphHeaders, notEmulated } from './errors.js';
import { json, type Answer, type Call } from './exchange.js';
import type { KeyRing } from './keys.js';
import { answerMetadata } from './metadata.js';
import type { Model } from './models.js';
import { readPage, type Refusal } from './query.js';
import type { Quota } from './quota.js';
import type { Store } from './store.js';

export interface Graph {
  /** The one collection that there is. */
  readonly resource: Resource;
  readonly store: Store;
  readonly quota: Quota;
  readonly keys: KeyRing;
  readonly now: () => number;
  readonly url: () => string;
  /** Faults and records of the items of a batch. */
  readonly items: Items;
}

/** What an address of Graph stands for, as far as the emulator knows it. */
export type GraphTarget =
  | { readonly kind: 'collection' | 'batch'; readonly version: Version }
  | { readonly kind: 'item'; readonly version: Version; readonly id: string };

/** Reads a path without normalising it: `/beta/…/x/../y` is no address here, as it must not be one for the app. */
export function readGraphPath(resource: Pick<Resource, 'path'>, path: string): GraphTarget | undefined {
  const [, version, rest = ''] = /^\/(beta|v1\.0)\/(.+)$/.exec(path) ?? [];
  if (version !== 'beta' && version !== 'v1.0') return undefined;
  if (rest === '$batch') return { kind: 'batch', version };
  if (rest === resource.path) return { kind: 'collection', version };
  const key = rest.startsWith(`${resource.path}/`) ? rest.slice(resource.path.length + 1) : '';
  if (key === '' || key.includes('/')) return undefined;
  try {
    return { kind: 'item', version, id: decodeURIComponent(key) };
  } catch {
    return undefined;
  }
}

/** Answers one request as Graph would: first the token, then the address, then the role, then the rest; its metadata without. */
export function answerGraph(graph: Graph, call: Call, twist: Twist): Answer {
  if (call.method === 'GET' && /^\/(beta|v1\.0)\/\$metadata$/.test(call.path)) return answerMetadata();
  const access = readAccess(call, graph.keys, graph.url(), graph.now());
  if ('status' in access) return access;
  const target = readGraphPath(graph.resource, call.path);
  if (target?.kind !== 'batch') return answerOne(graph, call, target, access, twist);
  if (call.method !== 'POST') return notEmulated(call, `${call.method} of $batch`);
  const own = (item: Call, bent: Twist) =>
    answerOne(graph, item, readGraphPath(graph.resource, item.path), access, bent);
  return answerBatch(call, target.version, twist, own, graph.items);
}

function answerOne(graph: Graph, call: Call, target: GraphTarget | undefined, access: Access, twist: Twist): Answer {
  if (target?.kind === 'collection' && call.method === 'GET') {
    return forbidden(call, target.version, access, 'read') ?? list(graph, call, target.version, twist);
  }
  if (target?.kind === 'item' && call.method === 'GET') {
    return forbidden(call, target.version, access, 'read') ?? get(graph, call, target, twist);
  }
  if (target?.kind === 'item' && call.method === 'PATCH') {
    return forbidden(call, target.version, access, 'write') ?? update(graph, call, target, twist);
  }
  return notEmulated(call, `${call.method} ${call.path}`);
}

type ItemTarget = Extract<GraphTarget, { kind: 'item' }>;

function list(graph: Graph, call: Call, version: Version, { pages, values }: Twist): Answer {
  const page = readPage(graph.store.seenList(), call.query);
  if ('status' in page) return refuseQuery(call, page);
  const collection = `${graph.url()}/${version}/${graph.resource.path}`;
  const link = page.next === undefined ? undefined : `${collection}?${page.next}`;
  const shown = pages === undefined ? link : bentLink(pages, call.query, collection);
  const models = pages === 'endless' ? [] : page.models;
  const body = {
    '@odata.context': contextOf(graph, version),
    ...(shown !== undefined && { '@odata.nextLink': shown }),
    value: models.map((model, index) =>
      withPlaces({ '@odata.type': graph.resource.odataType, ...model }, index === 0 ? values : {}),
    ),
  };
  return withValues(json(200, body, graphHeaders(call)), values);
}

function get(graph: Graph, call: Call, { id, version }: ItemTarget, twist: Twist): Answer {
  const model = graph.store.seen(id);
  if (!model) return notFound(call, id);
  if (call.query) return notEmulated(call, `the query ${call.query} of one object`);
  return good(graph, call, version, model, twist);
}

/** PATCH: 200, unless twisted, and the whole object as it then is. Writes that are refused count against the quota as well. */
function update(graph: Graph, call: Call, { id, version }: ItemTarget, twist: Twist): Answer {
  const waitSeconds = graph.quota.take(call.batchId === undefined ? 'single' : 'batch');
  if (waitSeconds !== undefined) return tooMany(call, waitSeconds, graph.quota.limits().wait);
  if (call.query) return notEmulated(call, `the query ${call.query} of a PATCH`);
  const type = call.headers['content-type'];
  if (type === undefined) return badRequest(call, 'The Content-Type header is missing.');
  if (!/^application\/json *(;|$)/i.test(type)) {
    return graphError(call, 415, {
      code: 'UnsupportedMediaType',
      message: `The content type ${type} is not supported.`,
    });
  }
  const body = readJson(call);
  if (body === undefined) return badRequest(call, 'Unable to read JSON request payload.');
  const model = graph.store.get(id);
  if (!model) return notFound(call, id);
  const change = readChange(graph.resource, body, id);
  if ('refusal' in change) return badRequest(call, change.refusal);
  if (Object.keys(change.wanted).length === 0)
    return notEmulated(call, 'what Graph does with a PATCH that changes nothing');
  return good(graph, call, version, graph.store.change(model, change.wanted, twist), twist, twist.status);
}

function tooMany(call: Call, waitSeconds: number, wait: 'header' | 'nested' | 'none'): Answer {
  const error: GraphError = { code: 'TooManyRequests', message: 'Too many writes', nested: 'once' };
  if (wait === 'header') return graphError(call, 429, error, { 'retry-after': String(waitSeconds) });
  return graphError(call, 429, wait === 'nested' ? { ...error, retryAfter: waitSeconds } : error);
}

function good(
  graph: Graph,
  call: Call,
  version: Version,
  object: Model,
  { shape, values }: Twist,
  status = 200,
): Answer {
  const context = { '@odata.context': `${contextOf(graph, version)}/$entity` };
  const id = shape === 'other id' ? otherId : shape === 'upper case id' ? object.id.toUpperCase() : object.id;
  const whole = { '@odata.type': graph.resource.odataType, ...object, id };
  const typed = withPlaces(whole, values);
  const body =
    shape === 'wrapped'
      ? { ...context, value: typed }
      : { ...context, ...typed, ...(shape === 'padded' && { padding: 'x'.repeat(1_048_576) }) };
  return withValues(json(status, body, graphHeaders(call)), values);
}

/** No object of the collection has it. */
const otherId = '00000000-0000-0000-0000-0000000000ff';

const contextOf = (graph: Graph, version: Version) => `${graph.url()}/${version}/$metadata#${graph.resource.path}`;

function refuseQuery(call: Call, { status, message }: Refusal): Answer {
  return status === 501 ? notEmulated(call, message) : badRequest(call, message);
}

const badRequest = (call: Call, message: string) =>
  graphError(call, 400, { code: 'BadRequest', message, nested: 'once' });

const notFound = (call: Call, id: string) =>
  graphError(call, 404, { code: 'ResourceNotFound', message: `Resource not found: ${id}`, nested: 'once' });

function readJson(call: Call): unknown {
  try {
    return call.wellFormed ? JSON.parse(call.body) : undefined;
  } catch {
    return undefined;
  }
}
