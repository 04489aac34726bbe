import Joi from 'joi';

/** Intune's limit of writes: so many within any such window, those that were refused included. */
export interface QuotaLimits {
  /** `null`, the default, counts and refuses nothing; Intune documents 100 for an app. */
  readonly writes?: number | null;
  /** 20 000 ms by default. A shorter one makes a test short. */
  readonly windowMs?: number;
  /** Where a refusal tells its wait: `Retry-After` by default, only inside Intune's nested message, or nowhere, as Intune often does. */
  readonly wait?: 'header' | 'nested' | 'none';
}

/** Whether a write came as an item of a `$batch`, as those of bulk do, or by itself. */
export type WriteKind = 'batch' | 'single';

export interface QuotaCounts {
  readonly batch: number;
  readonly single: number;
  /** How many of them were refused. */
  readonly refused: Readonly<Record<WriteKind, number>>;
  /** The most writes that any window held, with or without a limit. */
  readonly most: number;
}

export interface Quota {
  readonly limits: () => Required<QuotaLimits>;
  /** Other limits from now on, and an unused quota. What is left out is as by default. @throws Error that names what is wrong */
  readonly limit: (limits: QuotaLimits) => void;
  readonly counts: () => QuotaCounts;
  /** Counts a write. `undefined` when it fits, else the whole seconds until one more would. */
  readonly take: (kind: WriteKind) => number | undefined;
  /** Unused, with the limits of the start. */
  readonly reset: () => void;
}

const defaults: Required<QuotaLimits> = { writes: null, windowMs: 20_000, wait: 'header' };

const schema = Joi.object<QuotaLimits>({
  writes: Joi.number().integer().min(1).allow(null),
  windowMs: Joi.number().integer().min(1),
  wait: Joi.valid('header', 'nested', 'none'),
});

/** @param now milliseconds since 1970 */
export function openQuota(atStart: QuotaLimits, now: () => number): Quota {
  let limits = defaults;
  let window: number[] = [];
  let counts = unused();
  const limit = (given: QuotaLimits) => {
    limits = { ...defaults, ...Joi.attempt(given, schema, { convert: false, abortEarly: false }) };
    window = [];
    counts = unused();
  };
  limit(atStart);
  return {
    limits: () => limits,
    limit,
    counts: () => structuredClone(counts),
    take: (kind) => {
      const { writes, windowMs } = limits;
      const at = now();
      window = window.filter((write) => write > at - windowMs);
      window.push(at);
      counts[kind] += 1;
      counts.most = Math.max(counts.most, window.length);
      if (writes === null || window.length <= writes) return undefined;
      counts.refused[kind] += 1;
      const frees = window[window.length - writes] ?? at;
      return Math.max(1, Math.ceil((frees + windowMs - at) / 1000));
    },
    reset: () => {
      limit(atStart);
    },
  };
}

const unused = () => ({ batch: 0, single: 0, refused: { batch: 0, single: 0 }, most: 0 });
