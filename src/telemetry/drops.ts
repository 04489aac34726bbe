/** Why records of telemetry never arrived, in the words of the operator's log. */
export const dropCauses = {
  room: 'had no room while ingestion was slow or away',
  refused: 'were refused by ingestion for good',
  thread: 'were with the telemetry thread when it ended',
  late: 'came too late before the end of this process',
  unreadable: 'could not be made of what they were given',
} as const;

export type DropCause = keyof typeof dropCauses;

/** Counts lost records by cause, and tells the operator of them once in a while. */
export interface Drops {
  readonly add: (cause: DropCause, count: number) => void;
  readonly all: () => number;
  /** What was lost since this was asked last, by cause: for the metric. */
  readonly takeUnmeasured: () => [DropCause, number][];
  /** Tells at once what was not told yet. */
  readonly tell: () => void;
}

/**
 * @param reportMs between two lines at least
 * @param report told one sentence with the count of each cause
 */
export function openDrops(reportMs: number, report: (line: string) => void): Drops {
  const untold = new Map<DropCause, number>();
  const unmeasured = new Map<DropCause, number>();
  let all = 0;
  let telling: NodeJS.Timeout | undefined;

  function tell(): void {
    clearTimeout(telling);
    telling = undefined;
    if (untold.size > 0) report(lineOf([...untold]));
    untold.clear();
  }

  return {
    add: (cause, count) => {
      all += count;
      for (const counts of [untold, unmeasured]) counts.set(cause, (counts.get(cause) ?? 0) + count);
      telling ??= setTimeout(tell, reportMs).unref();
    },
    all: () => all,
    takeUnmeasured: () => {
      const taken = [...unmeasured];
      unmeasured.clear();
      return taken;
    },
    tell,
  };
}

/** The host takes a line's level from the word that it begins with, and drops mere information. */
function lineOf(counts: [DropCause, number][]): string {
  return `Warning: records of telemetry were lost: ${counts.map(([cause, count]) => `${count} ${dropCauses[cause]}`).join(', ')}.`;
}
