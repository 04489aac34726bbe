import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Config } from '../config.js';
import type { Resource } from '../resource/resource.js';
import { Problem } from '../problem.js';
import { Attempting } from './attempts.js';
import { Control, type Journey } from './control.js';
import type { Deadline } from './deadline.js';
import { isObject, type Received } from './received.js';
import { Sending } from './send.js';
import type { Shutdown } from './shutdown.js';
import type { TokenSource } from './token.js';

/** An object of the resource as Graph shows it: the id and the table's properties, nothing else. */
export type Shown = Readonly<Record<string, unknown>>;

/** Graph, for one resource: two calls on one path template of one host. */
export interface Graph {
  /** The object; undefined when Graph answered with success and without a usable body. @throws Problem */
  readonly get: (id: string, call: GraphCall) => Promise<Shown | undefined>;
  /** Sends the values once or more (they are absolute, so that a repetition is harmless). As `get`. @throws Problem */
  readonly patch: (
    id: string,
    wanted: Readonly<Record<string, unknown>>,
    call: GraphCall,
  ) => Promise<Shown | undefined>;
  readonly close: () => Promise<void>;
}

export interface GraphCall {
  readonly deadline: Deadline;
  readonly journey: Journey;
  /** For a request that is worth less than the call as a whole. */
  readonly limits?: { readonly attemptMs?: number; readonly maxAttempts?: number };
}

/** The official Graph client with our own chain: attempts first, sending last, nothing between. */
export function createGraph(config: Config, resource: Resource, tokens: TokenSource, shutdown: Shutdown): Graph {
  const { root, version } = config.graph;
  const sending = new Sending(root, config.limits.connectMs);
  const attempting = new Attempting(tokens, config.limits, shutdown);
  attempting.setNext(sending);
  const client = Client.initWithMiddleware({ baseUrl: `${root}/`, defaultVersion: version, middleware: attempting });
  const collection = `/${version}/${resource.path}/`;

  async function send(method: 'GET' | 'PATCH', id: string, call: GraphCall, body?: object): Promise<Shown | undefined> {
    // The built path is held against what it must be, whatever let the id through (F50).
    if (new URL(`${root}${collection}${id}`).pathname !== `${collection}${id}`) throw new Problem('invalid-id');
    const { deadline, journey, limits } = call;
    const control = new Control(method, deadline, journey, {
      attemptMs: limits?.attemptMs ?? config.limits.attemptMs,
      maxAttempts: limits?.maxAttempts ?? config.limits.maxAttempts,
    });
    const request = client.api(`/${resource.path}/${id}`).responseType(ResponseType.RAW).middlewareOptions([control]);
    try {
      const received = (await (method === 'GET' ? request.get() : request.patch(body))) as Received;
      return show(resource, received.body, id);
    } catch (error) {
      throw control.thrown ?? error;
    }
  }

  return {
    get: (id, call) => send('GET', id, call),
    patch: (id, wanted, call) => send('PATCH', id, call, { '@odata.type': resource.odataType, ...wanted }),
    close: () => sending.close(),
  };
}

/** What a body shows of the object with this id, wrapped in `value` or not; undefined when it is not that object. */
function show({ fields }: Resource, body: unknown, id: string): Shown | undefined {
  const value = isObject(body) && isObject(body.value) ? body.value : body;
  if (!isObject(value) || (value.id !== undefined && value.id !== id)) return undefined;
  const properties = Object.keys(fields).filter((name) => Object.hasOwn(value, name));
  if (properties.length === 0) return undefined;
  return Object.fromEntries([['id', id], ...properties.map((name) => [name, value[name]])]) as Shown;
}
