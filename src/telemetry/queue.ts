/** A first-in, first-out list whose first entry leaves without moving the others, however many wait. */
export interface Queue<Entry> {
  readonly push: (entry: Entry) => void;
  /** At most so many of the oldest. */
  readonly take: (limit: number) => Entry[];
  /** Before all others. */
  readonly putBack: (entries: readonly Entry[]) => void;
  readonly size: () => number;
}

export function openQueue<Entry>(): Queue<Entry> {
  let entries: Entry[] = [];
  let first = 0;
  return {
    push: (entry) => {
      entries.push(entry);
    },
    take: (limit) => {
      const taken = entries.slice(first, first + limit);
      first += taken.length;
      // The rest moves up once for as many as have left: a constant share of the work for each of them.
      if (first * 2 >= entries.length) {
        entries = entries.slice(first);
        first = 0;
      }
      return taken;
    },
    putBack: (back) => {
      entries = [...back, ...entries.slice(first)];
      first = 0;
    },
    size: () => entries.length - first,
  };
}
