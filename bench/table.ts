import type { Part, PartName, Row } from './results.js';
import type { Spread } from './statistics.js';

const titles: Record<PartName, string> = {
  cold: 'From the start of a process to its first answered update',
  load: 'Updates at 1, 10 and 50 connections',
  list: 'The list of 1 000 objects, ten at once',
  memory: 'Resident memory after 50 000 updates, heap bounded as on an instance of 512 MB',
  bulk: 'Bulk by four instances, against a Graph that enforces its quota; bulk takes four fifths of it',
};

/** One part as a table of Markdown: medians with quartiles, ratios first. */
export function table(name: PartName, { rounds, node, processors, noiseMs, rows }: Part): string {
  const quantities = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  const floors = Object.keys(rows[0]?.cells[quantities[0] ?? '']?.ratios ?? {});
  const head = ['', ...quantities.flatMap((quantity) => [...floors.map((floor) => `÷ ${floor}`), quantity])];
  const lines = [head, head.map(() => '---'), ...rows.map((row) => [row.subject, ...cellsOf(row, quantities, floors)])];
  const noise =
    rounds === 1
      ? ''
      : `; a fixed piece of work varied by ${(((noiseMs.high - noiseMs.low) / noiseMs.median) * 100).toFixed(0)} % between quartiles`;
  return [
    `### ${titles[name]}`,
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `${rounds === 1 ? 'One round' : `Medians of ${rounds} interleaved rounds, quartiles in brackets`}; Node ${node.slice(1)}, ${processors}${noise}.`,
  ].join('\n');
}

function cellsOf({ cells }: Row, quantities: readonly string[], floors: readonly string[]): string[] {
  return quantities.flatMap((quantity) => {
    const cell = cells[quantity];
    if (cell === undefined) return [...floors, ''].map(() => '');
    return [...floors.map((floor) => `**${number(cell.ratios?.[floor]?.median ?? NaN)}**`), spread(cell.value)];
  });
}

const spread = ({ median, low, high }: Spread) =>
  low === high ? number(median) : `${number(median)} (${number(low)}–${number(high)})`;

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
