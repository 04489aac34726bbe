import type { MeasureRecord } from './records.js';

/** Values of metrics that wait to be sent, one total for each metric and its dimensions: a burst of updates needs the room of one. */
export interface Totals {
  readonly add: (kind: MeasureRecord['kind'], name: string, value: number, texts: MeasureRecord['texts']) => void;
  /** Everything that waits; empty when nothing does. */
  readonly take: () => MeasureRecord[];
  /** Totals that could not be sent are joined with what came meanwhile. */
  readonly putBack: (records: readonly MeasureRecord[]) => void;
  readonly size: () => number;
}

/** Names and dimensions come from our own tables, so that there are some dozens of totals at most and none has to make room. */
export function openTotals(): Totals {
  let waiting = new Map<string, MeasureRecord>();

  function join(record: MeasureRecord): void {
    const key = [record.name, ...Object.entries(record.texts).flat()].join('\n');
    const held = waiting.get(key);
    waiting.set(key, held === undefined ? record : joined(held, record));
  }

  return {
    add: (kind, name, value, texts) => {
      join({ kind, name, texts, count: 1, sum: value, least: value, greatest: value });
    },
    take: () => {
      const taken = [...waiting.values()];
      waiting = new Map();
      return taken;
    },
    putBack: (records) => {
      records.forEach(join);
    },
    size: () => waiting.size,
  };
}

function joined(one: MeasureRecord, other: MeasureRecord): MeasureRecord {
  return {
    ...one,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    least: Math.min(one.least, other.least),
    greatest: Math.max(one.greatest, other.greatest),
  };
}
