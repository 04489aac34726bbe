import { stringify } from 'csv-stringify/sync';
import type { Table } from '../../src/http/csvTable.js';
import type { Model } from './models.js';
import { Stop } from '../../local/commandLine.js';

/**
 * A table whose rows name their models by other properties, with the ids in place of those. Case and space around do not count.
 * @throws Stop that lists, by line, each row that fits no model or several, and each model that two rows name
 */
export function withIds({ head, lines, delimiter }: Table, match: readonly string[], models: readonly Model[]): string {
  const at = match.map((name) => head.indexOf(name));
  const lost = match.filter((_, index) => at[index] === -1);
  if (lost.length > 0)
    throw new Stop(`--match names ${lost.join(' and ')}, and the header line does not. It has: ${head.join(', ')}.`, 2);
  const keyOf = (values: readonly (string | number | null | undefined)[]) =>
    values
      .map((value) =>
        String(value ?? '')
          .trim()
          .toLowerCase(),
      )
      .join('\n');
  const byKey = new Map<string, Model[]>();
  for (const model of models) {
    const key = keyOf(match.map((name) => model[name]));
    byKey.set(key, [...(byKey.get(key) ?? []), model]);
  }
  const taken = new Map<string, number>();
  const mistakes: string[] = [];
  const ids = lines.map(({ cells, line }) => {
    const key = keyOf(at.map((index) => cells[index]));
    const found = byKey.get(key) ?? [];
    const named = `${match.join(' and ')} '${key.replaceAll('\n', "' and '")}'`;
    const before = taken.get(key);
    if (found.length !== 1)
      mistakes.push(`line ${line}: ${found.length === 0 ? 'no model has' : `${found.length} models have`} ${named}`);
    else if (before !== undefined) mistakes.push(`line ${line}: ${named} stands in line ${before} already`);
    taken.set(key, line);
    return found[0]?.id ?? '';
  });
  if (mistakes.length > 0) {
    const more = mistakes.length > 20 ? [`and ${mistakes.length - 20} more`] : [];
    throw new Stop(['Nothing was sent.', ...mistakes.slice(0, 20), ...more].join('\n  '), 2);
  }
  const left = (cells: readonly string[]) => cells.filter((_, index) => !at.includes(index) && head[index] !== 'id');
  const records = lines.map(({ cells }, index) => [ids[index], ...left(cells)]);
  return stringify([['id', ...left(head)], ...records], { delimiter });
}
