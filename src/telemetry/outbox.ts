import type { TelemetryRecord } from './records.js';

/** Records that wait to be sent, in lanes, so that a flood in one lane costs the others nothing. */
export interface Outbox {
  /** When a lane is full, its oldest record makes room. */
  readonly add: (lane: Lane, record: TelemetryRecord) => void;
  /** The next batch of one lane, oldest first; undefined when nothing waits. */
  readonly take: () => Batch | undefined;
  /** A batch that could not be sent waits again, before all others of its lane. */
  readonly putBack: (batch: Batch) => void;
  readonly size: () => number;
}

/** In the order in which they are sent: what nobody may lose comes first. */
export const lanes = ['events', 'dependencies', 'measures'] as const;
export type Lane = (typeof lanes)[number];

export interface Batch {
  readonly lane: Lane;
  readonly records: readonly TelemetryRecord[];
}

/** Fewer than the 512 at which the library sends on its own. */
const batchLimit = 200;

/**
 * @param limit records that wait in one lane at most
 * @param dropped told how many records were lost for want of room
 */
export function openOutbox(limit: number, dropped: (count: number) => void): Outbox {
  const waiting: Record<Lane, TelemetryRecord[]> = { events: [], dependencies: [], measures: [] };

  function trim(lane: Lane): void {
    const excess = waiting[lane].length - limit;
    if (excess <= 0) return;
    waiting[lane].splice(0, excess);
    dropped(excess);
  }

  return {
    add: (lane, record) => {
      waiting[lane].push(record);
      trim(lane);
    },
    take: () => {
      const lane = lanes.find((name) => waiting[name].length > 0);
      return lane && { lane, records: waiting[lane].splice(0, batchLimit) };
    },
    putBack: ({ lane, records }) => {
      waiting[lane].unshift(...records);
      trim(lane);
    },
    size: () => lanes.reduce((sum, lane) => sum + waiting[lane].length, 0),
  };
}
