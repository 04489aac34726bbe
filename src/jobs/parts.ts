import type { Rate } from '../graph/pace.js';
import type { Attempt } from '../graph/attempt.js';
import type { ManyAttempts, Update, Value } from '../updates/many.js';
import type { Resource } from '../resource/resource.js';
import type { JobLimits } from './config.js';
import type { Counts, EndState, Header, Row, RowResult, Submitter } from './job.js';
import type { Before } from './rows.js';
import type { Storage } from './storage.js';

/** What the engine works with. */
export interface JobParts {
  readonly storage: Storage;
  readonly graph: JobGraph;
  readonly limits: JobLimits;
  /** How fast rows may go, for all instances and all jobs together. */
  readonly rate: Rate;
  readonly resource: Resource;
  /** How far a number that Graph shows may be from the one that was sent, relative to it. */
  readonly tolerance: number;
  readonly time: Time;
  /** What this process has measured; of use to it alone, and lost with it. */
  readonly tempo: Tempo;
  /** Aborted when this instance shuts down. */
  readonly closing: AbortSignal;
  readonly report: JobReport;
}

/** The clock of this process. */
export interface Time {
  /** Milliseconds that never go back, from any begin. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970, as this machine believes. */
  readonly wallMs: () => number;
  /** Resolves after the wait; earlier when the signal ends it. */
  readonly wait: (waitMs: number, ends?: AbortSignal) => Promise<unknown>;
}

export interface Tempo {
  /** Between the storage's clock and the monotonic one. */
  offsetMs?: number;
  /** What it took to take the last slot, to look before the last send, and to read the last chunk's values. */
  slotMs?: number;
  lookMs?: number;
  readMs?: number;
}

/** Graph, at most one chunk at a time. Neither call throws for what Graph answers. */
export interface JobGraph {
  readonly readMany: (ids: readonly string[], submitter: Submitter) => Promise<readonly Value[]>;
  /** @returns the attempts at it too, for the audit */
  readonly writeMany: (
    updates: readonly Update[],
    submitter: Submitter,
  ) => Promise<ManyAttempts & { readonly attempts: readonly Attempt[] }>;
}

/** What operators and auditors are told. Nothing here throws or takes time. */
export interface JobReport {
  /** The result of a chunk stands. */
  readonly chunk: (told: {
    readonly job: string;
    readonly header: Header;
    /** Number of the first row, from 1. */
    readonly firstRow: number;
    readonly rows: readonly Row[];
    readonly before: readonly Before[];
    readonly results: readonly RowResult[];
    /** What was asked of Graph, the reads too. */
    readonly attempts: readonly Attempt[];
  }) => void;
  /** @param rows those that have their result by this end alone, and not by a chunk's */
  readonly ended: (job: string, state: EndState, rows: Counts) => void;
  /** A slot was taken. @param share how much of what the rate allows within one window is then taken, from 0 to 1 */
  readonly paceUsed: (share: number) => void;
  /** A message that is none of ours. */
  readonly dropped: () => void;
  /** A job is given up: somebody has to look into it. */
  readonly givenUp: (job: string) => void;
  /** A turn ended early because the storage failed; the next one goes on. */
  readonly storageFailed: (job: string, error: unknown) => void;
}
