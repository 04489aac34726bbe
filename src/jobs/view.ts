import { leastMsOf, type Rate } from '../graph/pace.js';
import { addCounts, type Counts, type EndState, type Header } from './job.js';
import type { JobState } from './state.js';

export type Status = 'NotStarted' | 'Running' | 'Canceling' | EndState;

/** A job as its caller is told of it. */
export interface JobView {
  readonly jobId: string;
  readonly status: Status;
  readonly submittedAt: string;
  readonly endedAt?: string;
  readonly rows: {
    readonly total: number;
    readonly applied: number;
    readonly notApplied: number;
    readonly unknown: number;
    readonly canceled: number;
    readonly pending: number;
  };
  readonly percent: number;
  /** When it may have ended, going by how it went so far; left out when it has. */
  readonly estimatedEndAt?: string;
}

export const notBegun: JobState = { done: new Map(), begun: new Set() };

export function viewOf(jobId: string, header: Header, state: JobState, rate: Rate, nowMs: number): JobView {
  const { ended } = state;
  const counts = ended?.counts ?? addCounts([...state.done.values()]);
  const settled = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    jobId,
    status: statusOf(state),
    submittedAt: textOf(header.submittedMs),
    ...(ended !== undefined && { endedAt: textOf(ended.endedMs) }),
    rows: rowsOf(header, counts, settled),
    percent: Math.floor((settled / header.rows) * 100),
    ...(ended === undefined && { estimatedEndAt: textOf(estimateEnd(header, settled, state.movedMs, rate, nowMs)) }),
  };
}

function rowsOf({ rows }: Header, counts: Counts, settled: number): JobView['rows'] {
  const { applied, 'not-applied': notApplied, unknown, canceled } = counts;
  return { total: rows, applied, notApplied, unknown, canceled, pending: rows - settled };
}

export function statusOf({ ended, cancel, begun }: JobState): Status {
  if (ended !== undefined) return ended.state;
  if (cancel !== undefined) return 'Canceling';
  return begun.size > 0 ? 'Running' : 'NotStarted';
}

/** The rows that are left take as long as those that are settled took, and never less than the rate allows. */
function estimateEnd(
  { submittedMs, rows }: Header,
  settled: number,
  movedMs: number | undefined,
  rate: Rate,
  nowMs: number,
): number {
  const tookMs = movedMs === undefined || settled === 0 ? 0 : (movedMs - submittedMs) / settled;
  return Math.ceil(nowMs + (rows - settled) * Math.max(tookMs, leastMsOf(rate)));
}

export function textOf(ms: number): string {
  return new Date(ms).toISOString();
}
