import Joi from 'joi';
import { Problem } from '../problem.js';

/** Where a list goes on: Graph's mark of a page, and how many objects of that page were given before. */
export interface Position {
  /** `$skiptoken=…` or `$skip=…`; empty for the first page. */
  readonly query: string;
  readonly skip: number;
}

/** Longest cursor that is written or read, in characters. */
const cursorLimit = 4096;

/** One parameter that says where a page begins and nothing else: no second one, no fragment. */
const position = Joi.object<Position>({
  query: Joi.string()
    .allow('')
    .pattern(/^(\$skiptoken=[!-~]+|\$skip=\d{1,9})$/)
    .pattern(/^[^&#]*$/)
    .required(),
  skip: Joi.number().integer().min(0).max(1_000_000).required(),
});

/**
 * A cursor is opaque to callers. It holds Graph's mark of a page and a number: the address that it is sent to is ours, and so is every
 * other option of the query, so that a forged cursor leads nowhere else.
 * @throws Problem graph-error when Graph's mark is longer than a cursor can hold
 */
export function writeCursor(from: Position): string {
  const cursor = Buffer.from(JSON.stringify(from)).toString('base64url');
  if (cursor.length > cursorLimit || position.validate(from).error !== undefined) throw new Problem('graph-error');
  return cursor;
}

/** The place that a cursor of ours names; undefined for any other text. */
export function readCursor(cursor: string): Position | undefined {
  if (cursor.length > cursorLimit) return undefined;
  try {
    const text = Buffer.from(cursor, 'base64url').toString();
    const result = position.validate(JSON.parse(text), { convert: false });
    return result.error === undefined ? result.value : undefined;
  } catch {
    return undefined;
  }
}

/** For a cursor whose place in the list Microsoft Graph does not know any more. */
export const outdatedCursor = (): Problem =>
  new Problem('invalid-query', 'not-applied', {
    errors: [
      {
        pointer: '/cursor',
        code: 'invalid-parameter',
        message: 'The cursor holds no longer: begin the list anew.',
      },
    ],
  });
