/** Most chunks of one turn that prepare to be sent at the same time: one waits for its slot, the other is ready when its turn comes. */
const mostPreparing = 2;

/** Places for the chunks that one turn has under way. */
export interface Places {
  readonly full: () => boolean;
  readonly empty: () => boolean;
  readonly take: () => Place;
  /** Resolves when a place has changed. */
  readonly change: () => Promise<void>;
  readonly wake: () => void;
}

/** The place of one chunk. */
export interface Place {
  /** Resolves when no other chunk of this turn waits for a slot. */
  readonly front: () => Promise<void>;
  /** The chunk is sent: another one may prepare, and wait for a slot. */
  readonly sent: () => void;
  readonly leave: () => void;
}

export function createPlaces(most: number): Places {
  const waiting: (() => void)[] = [];
  const changes = new Set<() => void>();
  let [taken, preparing, frontTaken] = [0, 0, false];

  const wake = () => {
    for (const change of changes) change();
    changes.clear();
  };

  function take(): Place {
    taken++;
    preparing++;
    let [prepares, atFront] = [true, false];
    const sent = () => {
      if (prepares) preparing--;
      prepares = false;
      if (atFront) {
        atFront = false;
        const next = waiting.shift();
        if (next === undefined) frontTaken = false;
        else next();
      }
      wake();
    };
    return {
      front: async () => {
        if (atFront) return;
        if (frontTaken) await new Promise<void>((resolve) => waiting.push(resolve));
        frontTaken = true;
        atFront = true;
      },
      sent,
      leave: () => {
        taken--;
        sent();
      },
    };
  }

  return {
    full: () => taken >= most || preparing >= mostPreparing,
    empty: () => taken === 0,
    take,
    change: () => new Promise((resolve) => changes.add(resolve)),
    wake,
  };
}
