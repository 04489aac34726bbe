import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { Call } from '../call.js';
import type { Config } from '../config.js';
import type { Lifecycle } from '../lifecycle.js';
import { Problem } from '../problem.js';
import type { Resource } from '../resource/resource.js';
import type { Attempt } from './attempt.js';
import { batchLimit, readBatch, writeBatch, type BatchAnswer, type BatchRequest } from './batch.js';
import { createObjectReader, type GraphObject, type Page } from './objects.js';
import { RequestOptions } from './requestOptions.js';
import type { GraphResponse } from './response.js';
import { RetryMiddleware } from './retryMiddleware.js';
import { SendMiddleware } from './sendMiddleware.js';
import type { TokenSource } from './token.js';

/** Graph, for one resource: a few requests on one collection of one host. */
export interface Graph {
  /** The object; undefined when Graph answered with success and without a usable body. @throws Problem */
  readonly get: (id: string, call: Call, limits?: AttemptLimits) => Promise<GraphObject | undefined>;
  /**
   * Sends the values once or more (they are absolute, so that a repetition is harmless).
   * @returns the object that a 200 echoes; undefined for any other success, whatever it holds, and for a 200 without that object
   * @throws Problem
   */
  readonly patch: (
    id: string,
    changes: Readonly<Record<string, unknown>>,
    call: Call,
  ) => Promise<GraphObject | undefined>;
  /** The page that a query of Graph's own leads to, the first for an empty one. @throws Problem */
  readonly page: (query: string, call: Call, limits?: AttemptLimits) => Promise<Page>;
  /**
   * Up to 20 reads, or as many writes, as one `$batch` in one attempt. Never throws a Problem for what Graph answers.
   * @throws Problem invalid-id
   */
  readonly batch: (requests: readonly BatchRequest[], call: Call, limits?: AttemptLimits) => Promise<BatchAnswer>;
  readonly close: () => Promise<void>;
}

/** For a request that is worth less than the call as a whole. */
export interface AttemptLimits {
  readonly attemptMs?: number;
  readonly maxAttempts?: number;
}

interface Parts {
  readonly config: Pick<Config, 'graph' | 'limits'>;
  readonly resource: Resource;
  readonly tokens: TokenSource;
  readonly lifecycle: Lifecycle;
  /** Told of each attempt when it has ended. */
  readonly onAttempt?: (attempt: Attempt, call: Call) => void;
  /** Told once for each answer and property whose values are not of its type (F29). */
  readonly onDrift?: (property: string) => void;
}

/** Most that is read of one answer: an object has less than 1 KiB, a page of a thousand less than 1 MiB (F27). */
const answerBytes = { object: 64 * 1024, page: 4 * 1024 * 1024, batch: batchLimit * 64 * 1024 };

/** The official Graph client with our own chain: retry first, send last, nothing between. */
export function createGraph({
  config,
  resource,
  tokens,
  lifecycle,
  onAttempt = () => undefined,
  onDrift = () => undefined,
}: Parts): Graph {
  const { root, version } = config.graph;
  const target = new URL(root).host;
  const retry = new RetryMiddleware({ tokens, limits: config.limits, lifecycle, target, onAttempt });
  const sender = new SendMiddleware(root, config.limits.connectMs);
  retry.setNext(sender);
  const client = Client.initWithMiddleware({ baseUrl: `${root}/`, defaultVersion: version, middleware: retry });
  const collection = `/${version}/${resource.path}`;
  const read = createObjectReader(resource, onDrift);

  async function send(path: string, options: RequestOptions, body?: object): Promise<GraphResponse> {
    const request = client.api(path).responseType(ResponseType.RAW).middlewareOptions([options]);
    const methods = { GET: () => request.get(), PATCH: () => request.patch(body), POST: () => request.post(body) };
    try {
      return (await methods[options.method]()) as GraphResponse;
    } catch (error) {
      throw options.thrown ?? error;
    }
  }

  function optionsOf(
    method: RequestOptions['method'],
    answer: keyof typeof answerBytes,
    call: Call,
    { writes = method === 'PATCH', search, ...limits }: AttemptLimits & { writes?: boolean; search?: string } = {},
  ): RequestOptions {
    const { attemptMs, maxAttempts } = { ...config.limits, ...limits };
    const name =
      answer === 'batch' ? `POST $batch ${writes ? 'PATCH' : 'GET'} ${resource.name}` : `${method} ${resource.name}`;
    const all = { attemptMs, maxAttempts, answerBytes: answerBytes[answer] };
    return new RequestOptions(method, name, writes, call, all, search);
  }

  async function sendItem(id: string, options: RequestOptions, body: object = {}): Promise<GraphObject | undefined> {
    checkPath(id);
    const response = await send(`/${resource.path}/${id}`, options, body);
    return response.status === 200 ? read.item(response.body, id) : undefined;
  }

  /** The built path is held against what it must be, whatever let the id through (F50). */
  function checkPath(id: string): void {
    if (new URL(`${root}${collection}/${id}`).pathname !== `${collection}/${id}`) throw new Problem('invalid-id');
  }

  return {
    get: (id, call, limits) => sendItem(id, optionsOf('GET', 'object', call, limits)),
    patch: (id, changes, call) =>
      sendItem(id, optionsOf('PATCH', 'object', call), { '@odata.type': resource.odataType, ...changes }),
    page: async (query, call, limits) => {
      const { search } = new URL(`${root}${collection}?${query}`);
      const options = optionsOf('GET', 'page', call, { ...limits, search });
      const { body } = await send(`/${resource.path}`, options).catch((error: unknown) => {
        // What is not there is the collection, which callers cannot name: no model is missing.
        throw error instanceof Problem && error.code === 'not-found' ? new Problem('graph-error') : error;
      });
      return read.page(body, new URL(collection, root));
    },
    batch: async (requests, call, limits) => {
      for (const { id } of requests) checkPath(id);
      const writes = requests.some(({ changes }) => changes !== undefined);
      const options = optionsOf('POST', 'batch', call, { ...limits, writes, maxAttempts: 1 });
      try {
        const response = await send('/$batch', options, writeBatch(resource, requests));
        const items = readBatch(read, response, requests, Date.now());
        return items ? { items } : { failure: { code: 'graph-error', outcome: 'unknown', retry: 'yes' } };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return { failure: options.failure ?? notSent(error) };
      }
    },
    close: () => sender.close(),
  };
}

/** A batch that ended before its attempt: without a token or time, or because the instance ends. */
function notSent({
  code,
  more: { retryAfterSeconds },
}: Problem): Extract<BatchAnswer, { failure: unknown }>['failure'] {
  const waitMs = retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1000 };
  return { code, outcome: 'not-applied', retry: 'yes', ...waitMs };
}
