import type { Model } from './models.js';

/** A query that cannot be answered: refused as Graph would (400), or because the emulator does not know it (501). */
export interface Refusal {
  readonly status: 400 | 501;
  readonly message: string;
}

export interface Page {
  readonly models: readonly Model[];
  /** The query of the next page. */
  readonly next?: string;
}

const pageLimit = 20;

export const writeSkipToken = (start: number) => Buffer.from(`from ${start}`).toString('base64url');
const readSkipToken = (token: string | null) =>
  /^from (\d+)$/.exec(Buffer.from(token ?? '', 'base64url').toString())?.[1];

/** One page of the collection. `$skiptoken` is opaque to others, and the only option: this product sends no other. */
export function readPage(all: readonly Model[], query: string): Page | Refusal {
  const options = new URLSearchParams(query);
  const unknown = [...options.keys()].find((name) => name !== '$skiptoken');
  if (unknown !== undefined) return { status: 501, message: `the query option ${unknown}` };
  const start = Number(options.has('$skiptoken') ? readSkipToken(options.get('$skiptoken')) : 0);
  if (Number.isNaN(start)) return { status: 400, message: 'Invalid $skiptoken.' };
  const end = start + pageLimit;
  const models = all.slice(start, end);
  return end >= all.length ? { models } : { models, next: `$skiptoken=${writeSkipToken(end)}` };
}
