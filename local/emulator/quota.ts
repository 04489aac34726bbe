/** Intune's documented limit of writes: so many within any 20 seconds, those that were refused included. */
export interface Quota {
  /** Counts a write. `undefined` when it fits, else the whole seconds until one more would. */
  readonly take: () => number | undefined;
  readonly reset: () => void;
}

const windowMs = 20_000;

/** @param limit writes per 20 seconds; `undefined` for no limit */
export function openQuota(limit: number | undefined, now: () => number): Quota {
  let writes: number[] = [];
  return {
    take: () => {
      if (limit === undefined) return undefined;
      const at = now();
      writes = writes.filter((write) => write > at - windowMs);
      writes.push(at);
      if (writes.length <= limit) return undefined;
      const frees = writes[writes.length - limit] ?? at;
      return Math.max(1, Math.ceil((frees + windowMs - at) / 1000));
    },
    reset: () => {
      writes = [];
    },
  };
}
