import type { HttpRequest } from '@azure/functions';
import type { Parts } from '../compose.js';
import { Problem } from '../problem.js';
import type { Parsed } from '../resource/parse.js';
import { jobTypes, readJson, readTableBody } from './body.js';
import { readCsv, type Csv } from './readCsv.js';
import { readItems, readUpdates, type OneUpdate } from './updates.js';

/** Most updates of one job, and its largest body. */
export const jobLimit = { rows: 10_000, bytes: 8 * 1024 * 1024 };

/**
 * The updates of a job: `{updates: […]}`, or a table as `{csv: "…"}` (a flow can say nothing else) or as `text/csv`. The same rows are the
 * same job, whichever way they came.
 * @param nullMeant `null` clears a property
 * @throws Problem of reading a body, invalid-csv, or invalid-body with the mistakes by row, column and line of a table
 */
export async function readJobUpdates(
  request: HttpRequest,
  nullMeant: boolean,
  { resource, parse }: Pick<Parts, 'resource' | 'parse'>,
): Promise<readonly OneUpdate[]> {
  const parseItem = (item: unknown, id: string) => parse(item, id, nullMeant);
  const table = await readTableBody(request, jobLimit.bytes);
  if (table !== undefined) return updatesOf(readCsv(table, resource), parseItem);
  const { value: body } = await readJson(request, { types: jobTypes, limitBytes: jobLimit.bytes });
  const csv = csvOf(body);
  return csv === undefined ? readUpdates(body, jobLimit.rows, parseItem) : updatesOf(readCsv(csv, resource), parseItem);
}

/** The text of `{csv: "…"}`, when the body is that and nothing else. */
function csvOf(body: unknown): string | undefined {
  const alone = typeof body === 'object' && body !== null && Object.keys(body).join() === 'csv';
  return alone && 'csv' in body && typeof body.csv === 'string' ? body.csv : undefined;
}

/**
 * The updates of a table that was read, each with a valid id that no other has, and each held against the resource's table.
 * @throws Problem invalid-body with the mistakes by row, column and line
 */
export function updatesOf({ rows, mistakes }: Csv, parse: (item: unknown, id: string) => Parsed): readonly OneUpdate[] {
  if (rows.length === 0 || rows.length > jobLimit.rows) {
    const message = `Send a table of 1 to ${jobLimit.rows} rows.`;
    throw new Problem('invalid-body', 'not-applied', { errors: [{ pointer: '/rows', code: 'wrong-length', message }] });
  }
  // A row whose cells cannot be read has said enough.
  const unreadable = new Set(mistakes.map(({ pointer }) => pointer.split('/')[2]));
  const items = rows
    .filter(({ row }) => !unreadable.has(String(row)))
    .map(({ row, line, values }) => ({ value: values, place: `/rows/${row}`, where: ` (line ${line})` }));
  return readItems(items, parse, mistakes);
}
