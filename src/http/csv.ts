import Negotiator from 'negotiator';

/** The columns of models as CSV: what a list gives is what a bulk update takes. */
export function columnsOf(fields: Readonly<Record<string, unknown>>): string[] {
  return ['id', ...Object.keys(fields)];
}

/** CSV as RFC 4180 has it, with its header line; `null` and what is missing are empty. */
export function writeCsv(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ''))];
  return lines.map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('');
}

function writeCell(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 9110 §12.5.1. Whoever accepts neither gets JSON. */
export function prefersCsv(accept: string | null): boolean {
  const headers = accept === null ? {} : { accept };
  return new Negotiator({ headers }).mediaType(['application/json', 'text/csv']) === 'text/csv';
}
