import type { Call } from '../call.js';
import type { Parts } from '../compose.js';
import type { GraphObject, Page } from '../graph/objects.js';
import { Problem } from '../problem.js';
import { outdatedCursor, type Position } from './cursor.js';

/** What is looked for, from where on, and how many of it at most. */
interface Sought {
  readonly fits: (object: GraphObject) => boolean;
  readonly limit: number;
  readonly from: Position;
}

/**
 * Reads page after page until enough is found, Graph has no more, or `LIST_PAGES` are read; `next` is where to go on.
 * @throws Problem graph-error when a page leads back to one that was read (F29b), invalid-query when Graph refuses the caller's cursor
 */
export async function collect(
  { fits, limit, from }: Sought,
  { graph, config }: Pick<Parts, 'graph' | 'config'>,
  call: Call,
): Promise<{ readonly found: readonly GraphObject[]; readonly next?: Position }> {
  const found: GraphObject[] = [];
  const read = new Set<string>();
  let at = from;
  while (read.size < config.listPages) {
    read.add(at.query);
    const page: Page = await graph.page(at.query, call).catch((error: unknown) => {
      const callers = at === from && from.query !== '';
      throw callers && error instanceof Problem && error.code === 'rejected-by-graph' ? outdatedCursor() : error;
    });
    if (page.nextQuery !== undefined && read.has(page.nextQuery)) throw new Problem('graph-error');
    for (let index = at.skip; index < page.objects.length; index++) {
      if (found.length === limit) return { found, next: { query: at.query, skip: index } };
      const object = page.objects[index];
      if (object !== undefined && fits(object)) found.push(object);
    }
    if (page.nextQuery === undefined) return { found };
    at = { query: page.nextQuery, skip: 0 };
    if (found.length === limit) break;
  }
  return { found, next: at };
}
