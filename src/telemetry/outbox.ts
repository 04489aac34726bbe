import { openQueue } from './queue.js';
import type { DependencyRecord, EventRecord, MeasureRecord } from './records.js';
import { openTotals, type Totals } from './totals.js';

/**
 * What waits to be sent. Events and dependencies share one room, so that neither is lost while there is any; measures are totals and
 * need none. When the room is full the oldest dependency makes room, and the oldest event once no dependency is left: a dependency is
 * a detail that sampling may leave out anyway, an event is a record of what was done.
 */
export interface Outbox {
  readonly add: (record: DependencyRecord | EventRecord) => void;
  readonly measure: Totals['add'];
  /** The next batch of events, else of dependencies, oldest first; undefined when neither waits. */
  readonly take: () => Batch | undefined;
  /** All totals as one batch; undefined when there are none. */
  readonly takeMeasures: () => Batch | undefined;
  /** A batch that could not be sent waits again, before all others of its kind. */
  readonly putBack: (batch: Batch) => void;
  readonly size: () => number;
}

/** Records of one kind: what the service refuses of them, or asks to wait for, is told of the whole. */
export type Batch =
  | { readonly kind: 'events'; readonly records: readonly EventRecord[] }
  | { readonly kind: 'dependencies'; readonly records: readonly DependencyRecord[] }
  | { readonly kind: 'measures'; readonly records: readonly MeasureRecord[] };

/** Fewer than the 512 at which the library sends on its own. */
const batchLimit = 200;

/**
 * @param limit events and dependencies that wait at most
 * @param dropped told how many of them had to go
 */
export function openOutbox(limit: number, dropped: (count: number) => void): Outbox {
  const events = openQueue<EventRecord>();
  const dependencies = openQueue<DependencyRecord>();
  const totals = openTotals();

  function trim(): void {
    const excess = events.size() + dependencies.size() - limit;
    if (excess <= 0) return;
    events.take(excess - dependencies.take(excess).length);
    dropped(excess);
  }

  return {
    add: (record) => {
      if (record.kind === 'dependency') dependencies.push(record);
      else events.push(record);
      trim();
    },
    measure: totals.add,
    take: () => {
      if (events.size() > 0) return { kind: 'events', records: events.take(batchLimit) };
      return dependencies.size() > 0 ? { kind: 'dependencies', records: dependencies.take(batchLimit) } : undefined;
    },
    takeMeasures: () => (totals.size() > 0 ? { kind: 'measures', records: totals.take() } : undefined),
    putBack: ({ kind, records }) => {
      if (kind === 'measures') totals.putBack(records);
      else if (kind === 'events') events.putBack(records);
      else dependencies.putBack(records);
      trim();
    },
    size: () => events.size() + dependencies.size() + totals.size(),
  };
}
