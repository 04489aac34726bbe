import Joi from 'joi';
import { Problem, type Mistake } from '../problem.js';
import type { Resource } from '../resource/resource.js';

/** Most objects of one answer. */
export const listLimit = 1000;

/** Properties by which a list can be filtered. */
export const filterable = ['model', 'manufacturer', 'healthStatus'] as const;
type Filterable = (typeof filterable)[number];

/** Where a list goes on: a query of Graph's own, and how many objects of its page were given before. */
export interface Position {
  readonly query: string;
  readonly skip: number;
}

/** What a caller wants to see. */
export interface ListQuery {
  readonly filters: Readonly<Partial<Record<Filterable, string>>>;
  readonly limit: number;
  readonly from: Position;
}

const start: Position = { query: '', skip: 0 };

const position = Joi.object<Position>({
  query: Joi.string()
    .allow('')
    .max(4096)
    .pattern(/^[!-~]*$/)
    .required(),
  skip: Joi.number().integer().min(0).max(1_000_000).required(),
});

/**
 * A cursor is opaque to callers. It holds nothing but a query and a number: the address that the query is sent to is ours,
 * so that a forged cursor leads nowhere else.
 */
export function writeCursor(from: Position): string {
  return Buffer.from(JSON.stringify(from)).toString('base64url');
}

function readCursor(cursor: string): Position | undefined {
  try {
    const text = Buffer.from(cursor, 'base64url').toString();
    const result = position.validate(JSON.parse(text), { convert: false });
    return result.error === undefined ? result.value : undefined;
  } catch {
    return undefined;
  }
}

const messages = {
  unknown: 'There is no such parameter.',
  twice: 'Give this parameter once.',
  limit: `The limit is a whole number from 1 to ${listLimit}.`,
  cursor: 'The cursor is not one of this API: take it from nextLink, as it is.',
  outdated: 'The cursor holds no longer: begin the list anew.',
};

/** For a cursor whose place in the list Microsoft Graph does not know any more. */
export const outdatedCursor = (): Problem =>
  new Problem('invalid-query', 'not-applied', {
    errors: [{ pointer: '/cursor', code: 'invalid-parameter', message: messages.outdated }],
  });

/**
 * The query of a list.
 * @throws Problem invalid-query that names every mistake, each with the parameter's name as its pointer
 */
export function readListQuery(parameters: URLSearchParams, { healthStatus }: Resource['fields']): ListQuery {
  const mistakes: Mistake[] = [];
  const refuse = (name: string, message: string) => {
    mistakes.push({ pointer: `/${name}`, code: 'invalid-parameter', message });
  };
  const known: readonly string[] = [...filterable, 'limit', 'cursor'];
  for (const name of new Set(parameters.keys())) {
    if (!known.includes(name)) refuse(name.length > 64 ? '' : name, messages.unknown);
    else if (parameters.getAll(name).length > 1) refuse(name, messages.twice);
  }
  const limit = parameters.get('limit') ?? String(listLimit);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > listLimit) refuse('limit', messages.limit);
  const cursor = parameters.get('cursor');
  const from = cursor === null ? start : readCursor(cursor);
  if (from === undefined) refuse('cursor', messages.cursor);
  const members = Object.keys(healthStatus?.members ?? {});
  const wantedStatus = parameters.get('healthStatus');
  if (wantedStatus !== null && !members.includes(wantedStatus))
    refuse('healthStatus', `It is one of ${members.join(', ')}.`);
  if (mistakes.length > 0 || from === undefined)
    throw new Problem('invalid-query', 'not-applied', { errors: mistakes.slice(0, 100) });
  const filters = filterable.flatMap((name) => {
    const value = parameters.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { filters: Object.fromEntries(filters), limit: Number(limit), from };
}
