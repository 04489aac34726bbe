import {
  countsFromMetadata,
  folderOf,
  headerName,
  type CancelReason,
  type Counts,
  type EndState,
  type Header,
} from './job.js';
import type { Blobs, Metadata, Storage } from './storage.js';

/** How far a job has come, as one listing of its blobs tells it. */
export interface JobState {
  /** Chunks that have a result. */
  readonly done: ReadonlyMap<number, Counts>;
  /** Chunks that may have been sent; those with a result among them. */
  readonly begun: ReadonlySet<number>;
  readonly cancel?: CancelReason;
  readonly ended?: { readonly state: EndState; readonly endedMs: number; readonly counts: Counts };
  /** When a chunk came to a result last, in milliseconds since 1970. */
  readonly movedMs?: number;
}

/** The job's header; undefined when there is none, or when it is older than the retention: then it does not exist (F81). */
export async function openHeader(job: string, { storage, limits, time }: HeaderParts): Promise<Header | undefined> {
  const there = await storage.jobs.read(headerName(job));
  if (there === undefined) return undefined;
  const header = JSON.parse(there.text) as Header;
  return isPast(header.submittedMs, { limits, time }) ? undefined : header;
}

interface HeaderParts {
  readonly storage: Storage;
  readonly limits: { readonly retentionMs: number };
  readonly time: { readonly wallMs: () => number };
}

export function isPast(submittedMs: number, { limits, time }: Omit<HeaderParts, 'storage'>): boolean {
  return time.wallMs() - submittedMs > limits.retentionMs;
}

export async function readState(data: Blobs, job: string, header: Pick<Header, 'run'>): Promise<JobState> {
  const folder = folderOf(job, header);
  const done = new Map<number, Counts>();
  const begun = new Set<number>();
  let cancel: CancelReason | undefined;
  let ended: JobState['ended'];
  let movedMs: number | undefined;
  for (const { name, metadata, changedMs } of await data.list(folder)) {
    const [kind, number] = name.slice(folder.length).split('/');
    if (kind === 'cancel') cancel = metadata.reason === 'failed' ? 'failed' : 'wish';
    if (kind === 'ended') ended = endedFromMetadata(metadata);
    if (kind !== 'chunks') continue;
    begun.add(Number(number));
    const counts = countsFromMetadata(metadata);
    if (counts === undefined) continue;
    done.set(Number(number), counts);
    movedMs = Math.max(movedMs ?? 0, changedMs);
  }
  return {
    done,
    begun,
    ...(cancel !== undefined && { cancel }),
    ...(ended !== undefined && { ended }),
    ...(movedMs !== undefined && { movedMs }),
  };
}

function endedFromMetadata(metadata: Metadata): JobState['ended'] {
  const counts = countsFromMetadata(metadata);
  return counts && { state: metadata.state as EndState, endedMs: Number(metadata.ended), counts };
}

export async function isEnded(data: Blobs, folder: string): Promise<boolean> {
  return (await data.read(`${folder}ended`)) !== undefined;
}

export async function isCanceled(data: Blobs, folder: string): Promise<boolean> {
  return (await data.read(`${folder}cancel`)) !== undefined;
}

/** Ends the job before its time, if nobody else has done so yet. */
export async function createCancel(data: Blobs, folder: string, reason: CancelReason): Promise<void> {
  await data.create(`${folder}cancel`, reason, { reason });
}
