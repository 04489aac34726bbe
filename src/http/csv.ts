import { stringify } from 'csv-stringify/sync';
import Negotiator from 'negotiator';
import type { Excel } from './query.js';

/** The columns of models as CSV: what a list gives is what a bulk update takes. */
export function columnsOf(fields: Readonly<Record<string, unknown>>): string[] {
  return ['id', ...Object.keys(fields)];
}

/** Texts that a spreadsheet would run as a formula, also behind quotes that were put before it. */
const formula = /^'*[=+@\t\r-]/;

/**
 * CSV as RFC 4180 has it, with its header line; `null` and what is missing are empty. A text that a spreadsheet would run gets one more
 * leading `'`, of which CSV in takes one off again: export, edit, import loses nothing.
 * @param excel for the Excel of a country: with the byte order mark that it needs for umlauts, its separator and its decimal mark
 */
export function writeCsv(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  excel?: Excel,
): string {
  const decimalMark = excel === 'semicolon' ? ',' : '.';
  return stringify(
    rows.map((row) => columns.map((name) => row[name])),
    {
      header: true,
      columns: [...columns],
      bom: excel !== undefined,
      delimiter: excel === 'semicolon' ? ';' : ',',
      record_delimiter: '\r\n',
      quoted_match: /[\r\n]/,
      cast: {
        string: (text, { header }) => (!header && formula.test(text) ? `'${text}` : text),
        number: (value) => String(value).replace('.', decimalMark),
        boolean: String,
        // A value that does not fit its type, which is null in JSON too.
        object: () => '',
      },
    },
  );
}

/** A media range's parameters but its weight; they end at a comma that stands in no quotes. */
const parameter = /;\s*(?!q\s*=)[^\s;,="]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^;,"]*))?/gi;

/** RFC 9110 §12.5.1: weights decide, parameters do not (`odata.metadata`, `charset`). Whoever accepts neither gets JSON. */
export function prefersCsv(accept: string | null): boolean {
  const headers = accept === null ? {} : { accept: accept.replaceAll(parameter, '') };
  return new Negotiator({ headers }).mediaType(['application/json', 'text/csv']) === 'text/csv';
}
