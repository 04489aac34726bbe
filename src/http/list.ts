import type { Parts } from '../compose.js';
import type { GraphObject } from '../graph/objects.js';
import { csvAnswer, jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';
import { collect } from './collect.js';
import { columnsOf, prefersCsv, writeCsv } from './csv.js';
import { writeCursor, type Position } from './cursor.js';
import { readListQuery, type ListQuery } from './query.js';

/**
 * GET /v1/model-performance: the models that fit the filters, at most `limit` of them, and where the others are.
 * Filters are applied here and not by Graph, which does not promise to heed them.
 * @throws Problem invalid-query, for a cursor that Graph refuses too; or of the reads
 */
export async function list(call: HttpCall, parts: Parts): Promise<Answer> {
  const { request } = call;
  const { fields } = parts.resource;
  const parameters = new URL(request.url).searchParams;
  const { filters, limit, from, excel } = readListQuery(parameters, parts.resource);

  const { found, next } = await collect({ fits: (object) => fits(object, filters), limit, from }, parts, call);

  const collection = `${parts.config.publicBaseUrl}/api/v1/${parts.resource.name}`;
  const nextLink = next && linkTo(collection, parameters, next);
  if (excel !== undefined || prefersCsv(request.headers.get('accept')))
    return csvAnswer(writeCsv(columnsOf(fields), found, excel), nextLink);
  return jsonAnswer({ value: found, ...(nextLink !== undefined && { nextLink }) });
}

/** Exact, but for the case of letters. */
function fits(object: GraphObject, filters: ListQuery['filters']): boolean {
  return Object.entries(filters).every(([name, wanted]) => {
    const value = object[name];
    return typeof value === 'string' && value.toLowerCase() === wanted.toLowerCase();
  });
}

/** The caller's own query with another cursor, as an absolute address. */
function linkTo(collection: string, parameters: URLSearchParams, next: Position): string {
  const query = new URLSearchParams(parameters);
  query.set('cursor', writeCursor(next));
  return `${collection}?${query.toString()}`;
}
