import { Problem, type Mistake } from '../problem.js';
import type { Resource } from '../resource/resource.js';
import { readCursor, type Position } from './cursor.js';

/** Most objects of one answer. */
export const listLimit = 1000;

/** Whose Excel the CSV is for: one that separates cells by commas, or by semicolons and writes decimal commas. */
export const excels = ['comma', 'semicolon'] as const;
export type Excel = (typeof excels)[number];

/** What a caller wants to see. */
export interface ListQuery {
  readonly filters: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly from: Position;
  readonly excel?: Excel;
}

const messages = {
  unknown: 'There is no such parameter.',
  twice: 'Give this parameter once.',
  empty: 'Give this parameter a value, or leave it out.',
  limit: `The limit is a whole number from 1 to ${listLimit}.`,
  cursor: 'The cursor is not one of this API: take it from nextLink, as it is.',
};

/** Notes mistakes in parameters, each with the parameter's name as its pointer. */
function openNotes() {
  const mistakes: Mistake[] = [];
  return {
    refuse: (name: string, message: string) => {
      mistakes.push({ pointer: `/${name}`, code: 'invalid-parameter', message });
    },
    /** @throws Problem invalid-query when there is a mistake */
    done: () => {
      if (mistakes.length > 0) throw new Problem('invalid-query', 'not-applied', { errors: mistakes.slice(0, 100) });
    },
  };
}

/** @throws Problem invalid-query that names every mistake */
export function readListQuery(parameters: URLSearchParams, { fields, filters: filterable }: Resource): ListQuery {
  const { refuse, done } = openNotes();
  const known: readonly string[] = [...filterable, 'limit', 'cursor', 'excel'];
  for (const name of new Set(parameters.keys())) {
    if (!known.includes(name)) refuse(name.length > 64 ? '' : name, messages.unknown);
    else if (parameters.getAll(name).length > 1) refuse(name, messages.twice);
  }
  const limit = parameters.get('limit') ?? String(listLimit);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > listLimit) refuse('limit', messages.limit);
  const cursor = parameters.get('cursor');
  const from = cursor === null ? { query: '', skip: 0 } : readCursor(cursor);
  if (from === undefined) refuse('cursor', messages.cursor);
  const filters = filterable.flatMap((name) => {
    const value = parameters.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  for (const [name, value] of filters) {
    const { members } = fields[name] ?? {};
    if (members !== undefined && !Object.hasOwn(members, value)) refuse(name, oneOf(Object.keys(members)));
    else if (value === '') refuse(name, messages.empty);
  }
  const asked = parameters.get('excel');
  const excel = excels.find((one) => one === asked);
  if (asked !== null && excel === undefined) refuse('excel', oneOf(excels));
  done();
  const start = from ?? { query: '', skip: 0 };
  return { filters: Object.fromEntries(filters), limit: Number(limit), from: start, ...(excel && { excel }) };
}

const oneOf = (values: readonly string[]) => `It is one of ${values.join(', ')}.`;

/**
 * Whether a call says `?null=clear`: that the nulls of its body are meant (F49).
 * @throws Problem invalid-query for any other value, and for two
 */
export function readNullMeant(parameters: URLSearchParams): boolean {
  const { refuse, done } = openNotes();
  const given = parameters.getAll('null');
  if (given.length > 1) refuse('null', messages.twice);
  else if (given.some((value) => value !== 'clear')) refuse('null', 'It is "clear", or left out.');
  done();
  return given.length > 0;
}
