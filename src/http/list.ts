import Negotiator from 'negotiator';
import type { Parts } from '../compose.js';
import type { GraphObject, Page } from '../graph/objects.js';
import { Problem } from '../problem.js';
import { csvAnswer, jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';
import { columnsOf, writeCsv } from './csv.js';
import { outdatedCursor, readListQuery, writeCursor, type ListQuery, type Position } from './query.js';

/**
 * GET /v1/model-performance: the models that fit the filters, at most `limit` of them, and where the others are.
 * Filters are applied here and not by Graph, which does not promise to heed them.
 * @throws Problem invalid-query, for a cursor that Graph refuses too; or of the reads
 */
export async function list(call: HttpCall, parts: Parts): Promise<Answer> {
  const { request } = call;
  const { fields } = parts.resource;
  const parameters = new URL(request.url).searchParams;
  const query = readListQuery(parameters, fields);

  const { found, next } = await collect(query, parts, call);

  const nextLink = next && linkTo(parts.config.publicBaseUrl, parameters, next);
  if (prefersCsv(request.headers.get('accept'))) return csvAnswer(writeCsv(columnsOf(fields), found), nextLink);
  return jsonAnswer({ value: found, ...(nextLink !== undefined && { nextLink }) });
}

/** Reads page after page until enough is found or Graph has no more. @throws Problem graph-error when Graph's pages go round in a circle */
async function collect({ filters, limit, from }: ListQuery, { graph }: Parts, call: HttpCall) {
  const found: GraphObject[] = [];
  const seen = new Set<string>();
  for (let at: Position | undefined = from; at !== undefined;) {
    if (seen.has(at.query)) throw new Problem('graph-error');
    seen.add(at.query);
    const page: Page = await graph.page(at.query, call).catch((error: unknown) => {
      const callers = at === from && from.query !== '';
      throw callers && error instanceof Problem && error.code === 'rejected-by-graph' ? outdatedCursor() : error;
    });
    for (let index = at.skip; index < page.objects.length; index++) {
      const shown = page.objects[index];
      if (shown !== undefined && fits(shown, filters)) found.push(shown);
      if (found.length === limit) return { found, next: after(at.query, index + 1, page) };
    }
    at = after(at.query, page.objects.length, page);
  }
  return { found };
}

/** Where to go on when so many objects of a page are done with. */
function after(query: string, skip: number, { objects, nextQuery }: Page): Position | undefined {
  if (skip < objects.length) return { query, skip };
  return nextQuery === undefined ? undefined : { query: nextQuery, skip: 0 };
}

/** Exact, but for the case of letters. */
function fits(shown: GraphObject, filters: ListQuery['filters']): boolean {
  return Object.entries(filters).every(([name, wanted]) => {
    const value = shown[name];
    return typeof value === 'string' && value.toLowerCase() === wanted.toLowerCase();
  });
}

/** The caller's own query with another cursor, as an absolute address. */
function linkTo(publicBaseUrl: string, parameters: URLSearchParams, next: Position): string {
  const query = new URLSearchParams(parameters);
  query.set('cursor', writeCursor(next));
  return `${publicBaseUrl}/api/v1/model-performance?${query.toString()}`;
}

/** RFC 9110 §12.5.1. Whoever accepts neither gets JSON. */
function prefersCsv(accept: string | null): boolean {
  const headers = accept === null ? {} : { accept };
  return new Negotiator({ headers }).mediaType(['application/json', 'text/csv']) === 'text/csv';
}
