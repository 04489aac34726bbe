import { createHash } from 'node:crypto';
import type { Caller } from '../auth/caller.js';
import type { Changes } from '../resource/parse.js';
import type { Metadata } from './storage.js';

/** One row of a job, as it was accepted. */
export interface Row {
  readonly id: string;
  readonly changes: Changes;
}

/** Who submitted a job, and by which call. */
export interface Submitter {
  readonly caller: Caller;
  readonly requestId: string;
  /** Place of that call in its caller's trace (W3C Trace Context). */
  readonly traceparent?: string | undefined;
}

/** The job's header: that it exists is the commit. */
export interface Header extends Submitter {
  readonly submittedMs: number;
  /** Number of rows. */
  readonly rows: number;
  /** Of the rows and of the choice about null: what the same key must bring again. */
  readonly hash: string;
  /** Random: nothing of an older job with the same key is ever met. */
  readonly run: string;
  /** Where each chunk begins in the blob of rows, and where the last one ends. */
  readonly offsets: readonly number[];
}

/** What may have become of one row. */
export const outcomes = ['applied', 'not-applied', 'unknown', 'canceled'] as const;
export type RowOutcome = (typeof outcomes)[number];

export interface RowResult {
  readonly outcome: RowOutcome;
  /** Code of the problem, and a sentence for people. */
  readonly code?: string;
  readonly detail?: string;
}

/** Number of rows by what became of them. */
export type Counts = Readonly<Record<RowOutcome, number>>;

/** How a job ended. */
export type EndState = 'Succeeded' | 'CompletedWithErrors' | 'Canceled' | 'Failed';

/** The job's end. It is written once, and makes the results final. */
export interface Ended {
  readonly state: EndState;
  readonly endedMs: number;
  /** Numbers of the chunks whose results count: every other row is `rest`, whatever is written later. */
  readonly told: readonly number[];
  readonly rest: 'canceled' | 'not-applied';
  readonly counts: Counts;
}

/** Why a job ends before all of its rows were tried. */
export type CancelReason = 'wish' | 'failed';

/** A delivery of a job to a runner. */
export interface JobMessage {
  readonly job: string;
  /** Turns in a row that brought no result, this one included, and since when, in milliseconds since 1970. */
  readonly barren?: number;
  readonly since?: number;
  /** How often it came back from the poison queue. */
  readonly poisoned?: number;
  /** How often the lease was found held. */
  readonly look?: number;
}

/** Most rows of one chunk: Graph takes so many in one `$batch`. */
export const chunkRows = 20;

/** The id of a job tells whose it is and which key made it; neither can be read from it. */
export function jobIdOf(caller: Caller, idempotencyKey: string): string {
  return `${ownerOf(caller)}-${digest(idempotencyKey)}`;
}

/** Whose jobs they are: the calling application, and for whom it acts. */
export function ownerOf({ appId, objectId = '' }: Caller): string {
  return digest(`${appId} ${objectId}`);
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24);

/** Whether a text can be the id of a job; every id that reaches a blob's name was held against this. */
export function isJobId(text: unknown): text is string {
  return typeof text === 'string' && /^[\da-f]{24}-[\da-f]{24}$/.test(text);
}

/** Name of the job's header, in a folder of its caller's. */
export function headerName(jobId: string): string {
  return jobId.replace('-', '/');
}

/** The folder of one run of a job, for everything that is not its header. */
export function folderOf(jobId: string, { run }: Pick<Header, 'run'>): string {
  return `${jobId}/${run}/`;
}

/** The number of rows of one chunk. */
export function sizeOf({ rows }: Pick<Header, 'rows'>, chunk: number): number {
  return Math.min(chunkRows, rows - chunk * chunkRows);
}

export const chunksOf = ({ rows }: Pick<Header, 'rows'>): number => Math.ceil(rows / chunkRows);

/** A message as it came from the queue; undefined when it is none of ours (F77). */
export function readMessage(value: unknown): JobMessage | undefined {
  if (typeof value !== 'object' || value === null || !('job' in value) || !isJobId(value.job)) return undefined;
  const counts = Object.entries(value).filter(([name, count]) => name !== 'job' && Number.isFinite(count));
  return { ...(Object.fromEntries(counts) as Omit<JobMessage, 'job'>), job: value.job };
}

export function countRows(results: readonly RowResult[]): Counts {
  const count = (outcome: RowOutcome) => results.filter((result) => result.outcome === outcome).length;
  return {
    applied: count('applied'),
    'not-applied': count('not-applied'),
    unknown: count('unknown'),
    canceled: count('canceled'),
  };
}

export function addCounts(all: readonly Counts[]): Counts {
  const sum = (outcome: RowOutcome) => all.reduce((total, counts) => total + counts[outcome], 0);
  return {
    applied: sum('applied'),
    'not-applied': sum('not-applied'),
    unknown: sum('unknown'),
    canceled: sum('canceled'),
  };
}

/** Counts as a listing tells them: metadata knows texts and names without hyphens. */
export function countsToMetadata(counts: Counts): Metadata {
  return {
    applied: String(counts.applied),
    notapplied: String(counts['not-applied']),
    unknown: String(counts.unknown),
    canceled: String(counts.canceled),
  };
}

/** Undefined for a chunk that was begun and has no result. */
export function countsFromMetadata(metadata: Metadata): Counts | undefined {
  if (metadata.applied === undefined) return undefined;
  const read = (name: string) => Number(metadata[name] ?? 0);
  return {
    applied: read('applied'),
    'not-applied': read('notapplied'),
    unknown: read('unknown'),
    canceled: read('canceled'),
  };
}
