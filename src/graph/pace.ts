/** What all instances and all jobs share about Graph's quota. Times are the storage's, in milliseconds since 1970. */
export interface Pace {
  /** Begins of slots that still count, and how many rows each has. */
  readonly slots: readonly Slot[];
  /** Slots are handed out in order: the next one does not begin earlier. */
  readonly nextFreeMs: number;
  /** Nothing is sent before: Graph asked everybody to wait. */
  readonly blockedUntilMs: number;
}

type Slot = readonly [startMs: number, rows: number];

/** How fast rows may go. */
export interface Rate {
  /** Rows in one window of Graph's quota; never less than the rows of one chunk. */
  readonly rows: number;
  readonly windowMs: number;
}

export const freshPace: Pace = { slots: [], nextFreeMs: 0, blockedUntilMs: 0 };

/** A tenth more than the quota's window: for what a request takes on its way, and for clocks that are a second apart. */
const margin = 1.1;

/**
 * The earliest time at which so many rows may be sent: not before `soonestMs`, in order, not while Graph asked to wait, and with no
 * more than the rate's rows in any window that ends there (F78, F85).
 */
export function takeSlot(pace: Pace, rows: number, soonestMs: number, rate: Rate): { startMs: number; pace: Pace } {
  const spanMs = rate.windowMs * margin;
  let startMs = Math.max(soonestMs, pace.nextFreeMs, pace.blockedUntilMs);
  const slots = pace.slots.filter(([begunMs]) => begunMs > startMs - spanMs);
  let sum = slots.reduce((all, [, count]) => all + count, rows);
  while (sum > rate.rows) {
    const [begunMs, count] = slots.shift() ?? [startMs, sum];
    startMs = Math.max(startMs, begunMs + spanMs);
    sum -= count;
  }
  const nextFreeMs = startMs + rows * leastMsOf(rate);
  return { startMs, pace: { ...pace, slots: [...slots, [startMs, rows]], nextFreeMs } };
}

/** How much of what the rate allows within one window the slots take, from 0 to 1. */
export function shareOf({ slots }: Pace, { rows }: Rate): number {
  return slots.reduce((sum, [, count]) => sum + count, 0) / rows;
}

/** The least time that one row takes at this rate. */
export function leastMsOf({ rows, windowMs }: Rate): number {
  return (windowMs / rows) * margin;
}

/** Everybody waits until then; `undefined` when everybody waits at least so long already. */
export function block(pace: Pace, untilMs: number): Pace | undefined {
  return untilMs > pace.blockedUntilMs ? { ...pace, blockedUntilMs: untilMs } : undefined;
}

/** How much the monotonic clock may drift, for each answer that is heard. */
const driftMs = 0.05;

/**
 * What must be added to this process's monotonic clock to have the storage's time. An answer's `Date` has whole seconds and is from
 * before the answer came: the largest difference seen is the nearest (instances' own clocks differ, F85).
 */
export function offsetAfter(offsetMs: number | undefined, dateMs: number, monotonicMs: number): number {
  const seenMs = dateMs - monotonicMs;
  return offsetMs === undefined ? seenMs : Math.max(seenMs, offsetMs - driftMs);
}
