import { modelPerformance } from '../../src/resource/modelPerformance.js';
import type { Twist } from './act.js';
import type { Model } from './models.js';

/** A query that cannot be answered: refused as Graph would (400), or because the emulator does not know it (501). */
export interface Refusal {
  readonly status: 400 | 501;
  readonly says: string;
}

export interface Page {
  readonly models: readonly Partial<Model>[];
  /** The query of the next page. */
  readonly next?: string;
}

const pageLimit = 20;
const properties = new Set(['id', ...Object.keys(modelPerformance.fields)]);
const known = new Set(['$select', '$orderby', '$top', '$skiptoken', '$filter']);

export const writeSkipToken = (start: number) => Buffer.from(`from ${start}`).toString('base64url');
const readSkipToken = (token: string | null) =>
  /^from (\d+)$/.exec(Buffer.from(token ?? '', 'base64url').toString())?.[1];

/** One page of the collection. `$top` is the size of a page, at most 20; `$skiptoken` is opaque to others. */
export function readPage(all: readonly Model[], query: string, filter: Twist['filter']): Page | Refusal {
  const options = new URLSearchParams(query);
  const unknown = [...options.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) return { status: 501, says: `the query option ${unknown}` };

  const filtered = readFilter(all, options.get('$filter'), filter);
  if ('status' in filtered) return filtered;
  const ordered = order(filtered, options.get('$orderby'));
  if ('status' in ordered) return ordered;

  const top = Number(options.get('$top') ?? pageLimit);
  if (!Number.isInteger(top) || top < 1) return { status: 400, says: 'Invalid value for $top.' };
  const start = Number(options.has('$skiptoken') ? readSkipToken(options.get('$skiptoken')) : 0);
  if (Number.isNaN(start)) return { status: 400, says: 'Invalid $skiptoken.' };
  const end = start + Math.min(top, pageLimit);
  const models = select(ordered.slice(start, end), options.get('$select'));
  if ('status' in models || end >= ordered.length) return 'status' in models ? models : { models };
  options.set('$skiptoken', writeSkipToken(end));
  return { models, next: options.toString().replaceAll('%24', '$') };
}

/** One object with the properties that were asked for. */
export function readObject(model: Model, query: string): Partial<Model> | Refusal {
  const options = new URLSearchParams(query);
  const unknown = [...options.keys()].find((name) => name !== '$select');
  if (unknown !== undefined) return { status: 501, says: `the query option ${unknown} of one object` };
  const selected = select([model], options.get('$select'));
  return 'status' in selected ? selected : { ...selected[0] };
}

function select(models: readonly Model[], names: string | null): readonly Partial<Model>[] | Refusal {
  if (names === null) return models;
  const wanted = names.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !properties.has(name));
  if (unknown !== undefined) return { status: 400, says: `Could not find a property named '${unknown}' in $select.` };
  return models.map((model) => Object.fromEntries(Object.entries(model).filter(([name]) => wanted.includes(name))));
}

function order(models: readonly Model[], terms: string | null): readonly Model[] | Refusal {
  if (terms === null) return models;
  const keys = terms.split(',').map((term) => /^ *(\w+)(?: +(asc|desc))? *$/.exec(term));
  const compare: ((a: Model, b: Model) => number)[] = [];
  for (const key of keys) {
    const name = key?.[1] ?? '';
    if (!properties.has(name)) return { status: 400, says: `Could not find a property named '${name}' in $orderby.` };
    const sign = key?.[2] === 'desc' ? -1 : 1;
    compare.push((a, b) => sign * compareValues(valueOf(a, name), valueOf(b, name)));
  }
  return models.toSorted((a, b) => compare.reduce((found, next) => found || next(a, b), 0));
}

type Value = Model[keyof Model];

const valueOf = (model: Model, name: string): Value =>
  Object.entries<Value>(model).find(([key]) => key === name)?.[1] ?? null;

function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether Graph filters this collection is not promised anywhere: the emulator does what the armed fault says, else it is loud. */
function readFilter(
  models: readonly Model[],
  expression: string | null,
  filter: Twist['filter'],
): readonly Model[] | Refusal {
  if (expression === null || filter === 'ignored') return models;
  if (filter === undefined)
    return { status: 501, says: '$filter; arm filter-refused, filter-ignored or filter-applied' };
  const terms = expression
    .split(/ and (?=(?:[^']*'[^']*')*[^']*$)/)
    .map((term) => /^(\w+) eq '((?:[^']|'')*)'$/.exec(term));
  if (filter === 'refused' || terms.some((term) => !term)) return { status: 400, says: 'Invalid filter clause.' };
  return models.filter((model) =>
    terms.every((term) => valueOf(model, term?.[1] ?? '') === term?.[2]?.replaceAll("''", "'")),
  );
}
