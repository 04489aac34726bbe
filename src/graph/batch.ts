import type { Resource } from '../resource/resource.js';
import { failureOf, type Failure } from './failure.js';
import type { GraphObject, ObjectReader } from './objects.js';
import { isObject, type GraphResponse } from './response.js';

/** Most requests of one `$batch`. Source: "Combine multiple HTTP requests using JSON batching". */
export const batchLimit = 20;

/** A read of one object, or a write when there is something to send. */
export interface BatchRequest {
  /** The object's id. */
  readonly id: string;
  readonly changes?: Readonly<Record<string, unknown>>;
}

/**
 * What became of one request of a batch: a failure, or a success with the object that a 200 echoes. Undefined when Graph's answer
 * does not tell, because the request is missing in it or is there twice (F76).
 */
export type BatchItem = { readonly failure: Failure } | { readonly object: GraphObject | undefined } | undefined;

/** The answers in the order of the requests, or why the batch failed as a whole. */
export type BatchAnswer = { readonly items: readonly BatchItem[] } | { readonly failure: Failure };

/** The body of a `$batch`. Its requests are numbered: ids of objects may be there in two spellings. */
export function writeBatch({ path, odataType }: Resource, requests: readonly BatchRequest[]): object {
  return {
    requests: requests.map(({ id, changes }, index) => ({
      id: String(index),
      method: changes === undefined ? 'GET' : 'PATCH',
      url: `/${path}/${id}`,
      ...(changes !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: { '@odata.type': odataType, ...changes },
      }),
    })),
  };
}

/**
 * Reads the answer to a `$batch`: every item as the answer to a request of its own. Graph promises no order.
 * @returns undefined when it is no answer to a batch at all
 */
export function readBatch(
  read: ObjectReader,
  { status, body }: GraphResponse,
  requests: readonly BatchRequest[],
  nowMs: number,
): readonly BatchItem[] | undefined {
  if (status !== 200 || !isObject(body) || !Array.isArray(body.responses)) return undefined;
  const responses = (body.responses as unknown[]).filter(isObject);
  return requests.map(({ id }, index): BatchItem => {
    const [own, ...more] = responses.filter((response) => response.id === String(index));
    const response = own && more.length === 0 ? readResponse(own) : undefined;
    if (response === undefined) return undefined;
    const failure = failureOf(response, nowMs);
    if (failure !== undefined) return { failure };
    return { object: response.status === 200 ? read.item(response.body, id) : undefined };
  });
}

function readResponse({ status, headers, body }: Record<string, unknown>): GraphResponse | undefined {
  if (typeof status !== 'number' || !Number.isInteger(status)) return undefined;
  const entries = Object.entries(isObject(headers) ? headers : {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return { status, headers: Object.fromEntries(entries), body };
}
