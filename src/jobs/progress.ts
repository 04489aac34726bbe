import type { Caller } from '../auth/caller.js';
import { Problem } from '../problem.js';
import { folderOf, isJobId, ownerOf, type EndState, type Header } from './job.js';
import type { JobParts } from './parts.js';
import { isPast, openHeader, readState, type JobState } from './state.js';
import { StorageFailed } from './storage.js';
import { orUnavailable } from './unavailable.js';
import { statusOf, textOf, viewOf, type JobView, type Status } from './view.js';

/** Who asks for jobs: their submitter, or somebody who may see all of them. */
export interface Asker {
  readonly caller: Caller;
  readonly all: boolean;
}

/**
 * How far a job has come. One that has not moved for long is enqueued again: a message may have been lost with whoever had it.
 * @throws Problem job-not-found, storage-unavailable
 */
export function readProgress(jobId: string, asker: Asker, parts: JobParts): Promise<JobView> {
  return orUnavailable(async () => {
    const header = await findJob(jobId, asker, parts);
    const state = await readState(parts.storage.data, jobId, header);
    await nudge(jobId, header, state, parts);
    return viewOf(jobId, header, state, parts.rate, parts.time.wallMs());
  });
}

/** A job is its submitter's: for others it does not exist. @throws Problem job-not-found */
export async function findJob(jobId: string, { caller, all }: Asker, parts: JobParts): Promise<Header> {
  const theirs = isJobId(jobId) && (all || jobId.startsWith(`${ownerOf(caller)}-`));
  const header = theirs ? await openHeader(jobId, parts) : undefined;
  if (header === undefined) throw new Problem('job-not-found');
  return header;
}

/** Once for each state of progress, whoever asks and however often. */
async function nudge(job: string, header: Header, state: JobState, { storage, limits, time }: JobParts): Promise<void> {
  const { ended, cancel, done, movedMs = header.submittedMs } = state;
  if (ended !== undefined || time.wallMs() - movedMs <= limits.nudgeMs) return;
  const marker = `${folderOf(job, header)}nudge/${done.size}-${cancel ?? 'runs'}`;
  try {
    if ((await storage.data.create(marker, '')) !== undefined) await storage.queue.send({ job }, 0);
  } catch (error) {
    // The progress is known all the same.
    if (!(error instanceof StorageFailed)) throw error;
  }
}

/** A job in a list. */
export interface ListedJob {
  readonly jobId: string;
  readonly status: Status;
  readonly submittedAt: string;
  readonly endedAt?: string;
  readonly rows: { readonly total: number };
}

const mostListed = 100;

/** The newest jobs of a caller, or of everybody, newest first. @throws Problem storage-unavailable */
export function listJobs({ caller, all }: Asker, parts: JobParts): Promise<ListedJob[]> {
  return orUnavailable(async () => {
    const headers = await parts.storage.jobs.list(all ? '' : `${ownerOf(caller)}/`);
    const jobs = headers
      .map(({ name, metadata }) => ({
        jobId: name.replace('/', '-'),
        metadata,
        submittedMs: Number(metadata.submitted),
      }))
      .filter(({ submittedMs }) => !isPast(submittedMs, parts))
      .sort((a, b) => b.submittedMs - a.submittedMs)
      .slice(0, mostListed);
    return Promise.all(
      jobs.map(async ({ jobId, metadata, submittedMs }) => ({
        jobId,
        ...(await statusFrom(jobId, metadata, parts)),
        submittedAt: textOf(submittedMs),
        rows: { total: Number(metadata.rows) },
      })),
    );
  });
}

/** The end stands in the header; of a job that has none there its own blobs tell. */
async function statusFrom(
  jobId: string,
  { state, ended, run = '' }: Readonly<Record<string, string>>,
  { storage }: JobParts,
): Promise<{ status: Status; endedAt?: string }> {
  if (state !== undefined) return { status: state as EndState, endedAt: textOf(Number(ended)) };
  const now = await readState(storage.data, jobId, { run });
  return { status: statusOf(now), ...(now.ended !== undefined && { endedAt: textOf(now.ended.endedMs) }) };
}
