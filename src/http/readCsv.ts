import { Problem, type Mistake } from '../problem.js';
import type { Field } from '../resource/field.js';
import type { Resource } from '../resource/resource.js';
import { readTable } from './csvTable.js';

/** One row of a file: its number from 1, the line where it begins, and what its cells say, as JSON would. An empty cell says nothing. */
export interface CsvRow {
  readonly row: number;
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Csv {
  readonly rows: readonly CsvRow[];
  /** Cells that stand for no value of their column; pointers are `/rows/<row>/<column>`. */
  readonly mistakes: readonly Mistake[];
}

/** Columns that Excel's connector and Graph add, and nobody means. */
const dropped = /^(@odata\..*|ItemInternalId)$/;

/**
 * Reads rows of updates from a table (F83). An empty cell leaves a property as it is, `null` is null, numbers may have a decimal comma
 * where `;` or tabs separate cells, and one `'` is taken off a text that a spreadsheet would else have run. What values may be is not
 * judged here.
 * @throws Problem invalid-csv when the file as a whole cannot be read: its encoding, its quotes, its columns
 */
export function readCsv(file: Uint8Array | string, { fields }: Resource): Csv {
  const { delimiter, head, lines } = readTable(file);
  const columns = columnsOf(head, fields);
  const decimalComma = delimiter !== ',';
  const mistakes: Mistake[] = [];
  const rows = lines.map(({ cells, line }, index): CsvRow => {
    const row = index + 1;
    const values: Record<string, unknown> = {};
    for (const [at, cell] of cells.entries()) {
      const name = columns[at];
      if (cell === '' || name === '') continue;
      if (name === undefined) mistakes.push(beyond(row, line));
      else {
        const value = valueOf(name, cell, fields[name], decimalComma);
        if (value === undefined) mistakes.push(unreadable(name, cell, fields[name], row, line));
        else values[name] = value;
      }
    }
    return { row, line, values };
  });
  return { rows, mistakes };
}

/**
 * Property of each column; empty for one to pass over.
 * @throws Problem invalid-csv for a column that is unknown, doubled or missing, with all that there are
 */
function columnsOf(head: readonly string[], fields: Resource['fields']): string[] {
  const known = ['id', ...Object.keys(fields)];
  const columns = head.map((name) => (dropped.test(name) ? '' : name));
  while (columns.at(-1) === '') columns.pop();
  const mistakes = columns.flatMap((name, index) => {
    if (name === '')
      return dropped.test(head[index] ?? '')
        ? []
        : [{ name: `column ${index + 1}`, code: 'unknown-column', why: 'has no name' }];
    if (!known.includes(name))
      return [{ name: 'a column', code: 'unknown-column', why: `(number ${index + 1}) is unknown` }];
    return columns.indexOf(name) < index ? [{ name, code: 'doubled-column', why: 'stands twice' }] : [];
  });
  if (!columns.includes('id')) mistakes.push({ name: 'id', code: 'missing-column', why: 'is missing' });
  if (mistakes.length === 0) return columns;
  const errors = mistakes.map(({ name, code, why }) => ({
    pointer: '/rows/0',
    code,
    message: `In the header line ${name} ${why}. Columns are ${known.join(', ')}.`,
  }));
  throw new Problem('invalid-csv', 'not-applied', { errors });
}

/** What a cell says; undefined when it says nothing that its column could hold. */
function valueOf(name: string, cell: string, field: Field<unknown> | undefined, decimalComma: boolean): unknown {
  if (name === 'id' || field === undefined) return unquoted(cell);
  if (cell === 'null') return null;
  return field.readCell(field.jsonType === 'string' ? unquoted(cell) : cell.trim(), decimalComma);
}

/** Takes off the one `'` that CSV out put before a text that a spreadsheet would run. */
const unquoted = (cell: string) => (/^'+[=+@\t\r-]/.test(cell) ? cell.slice(1) : cell);

function unreadable(name: string, cell: string, field: Field<unknown> | undefined, row: number, line: number): Mistake {
  const thousands = /^-?\d{1,3}([.,' \u00A0\u202F]\d{3})+([.,]\d+)?$/.test(cell);
  const why = thousands ? 'without separators of thousands' : 'such as 87.5, or 87,5 where ; or tabs separate cells';
  return {
    pointer: `/rows/${row}/${name}`,
    code: 'wrong-type',
    message: `${field?.title ?? name} must be ${field?.noun ?? 'a text'}, ${why} (line ${line}).`,
  };
}

const beyond = (row: number, line: number): Mistake => ({
  pointer: `/rows/${row}`,
  code: 'too-many-cells',
  message: `The row has more cells than the header line has names (line ${line}).`,
});
