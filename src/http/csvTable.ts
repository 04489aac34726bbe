import { parse } from 'csv-parse/sync';
import { Problem } from '../problem.js';

const invalid = (code: string, message: string) =>
  new Problem('invalid-csv', 'not-applied', { errors: [{ pointer: '', code, message }] });

/** @throws Problem invalid-csv that names what the file seems to be instead of UTF-8 */
function decode(file: Uint8Array): string {
  const [first, second] = file;
  const utf16 =
    (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || file.subarray(0, 64).includes(0);
  if (utf16) throw invalid('not-utf-8', 'The file is UTF-16. Save it as "CSV UTF-8".');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw invalid('not-utf-8', 'The file is not UTF-8, perhaps Windows-1252. Save it as "CSV UTF-8".');
  }
}

/** The separator that the header line has most of; a table of one column has none. */
function delimiterOf(text: string): ',' | ';' | '\t' {
  const [head = ''] = text.trimStart().split(/[\r\n]/, 1);
  const count = (delimiter: string) => head.split(delimiter).length;
  return ([';', '\t'] as const).find((delimiter) => count(delimiter) > count(',')) ?? ',';
}

export interface Line {
  readonly cells: readonly string[];
  /** Where it begins in the file, from 1. */
  readonly line: number;
}

/** A CSV file as it stands, before anything is known of its columns. */
export interface Table {
  readonly delimiter: ',' | ';' | '\t';
  readonly head: readonly string[];
  readonly lines: readonly Line[];
}

/**
 * Reads a table as a spreadsheet of any country saves it (F83): UTF-8 with or without its mark; `,` `;` or tab, whichever the header line
 * shows; lines that end in any way, or in several; blank ones do not count.
 * @throws Problem invalid-csv for another encoding, quotes that do not fit, or a file without a header line
 */
export function readTable(file: Uint8Array | string): Table {
  const text = typeof file === 'string' ? file.replace(/^\uFEFF/, '') : decode(file);
  const delimiter = delimiterOf(text);
  const [head, ...lines] = recordsOf(text, delimiter);
  if (head === undefined) throw invalid('empty', 'There is no header line.');
  return { delimiter, head: head.cells.map((name) => name.trim()), lines };
}

/** Records without blank ones. @throws Problem invalid-csv for quotes that do not fit */
function recordsOf(text: string, delimiter: string): Line[] {
  try {
    // An editor that adds lines to a spreadsheet's file may end them in its own way.
    const options = { delimiter, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, bom: true };
    const found = parse(text, { ...options, info: true }) as unknown as {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
    return found
      .map(({ record, info: { lines } }) => ({
        cells: record,
        // `lines` is where the record ends: its own line breaks stand in quotes.
        line: lines - record.join('').split(/\r\n|\r|\n/).length + 1,
      }))
      .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  } catch (error) {
    const { lines } = error as { lines?: number };
    throw invalid(
      'malformed',
      `The quotes do not fit${lines === undefined ? '' : ` near line ${lines}`}: a quote inside of quotes is written twice.`,
    );
  }
}
