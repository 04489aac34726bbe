import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { send, type Api } from './api.js';
import { Stop } from '../../local/commandLine.js';

/** How the command ends: 0 all applied, 1 some not, 2 refused before anything was done, 3 it could not be told. */
export type ExitCode = 0 | 1 | 2 | 3;

/** A job as the API tells of it. */
export interface Job {
  readonly jobId: string;
  readonly status: string;
  readonly endedAt?: string;
  readonly estimatedEndAt?: string;
  readonly rows: Readonly<Record<'total' | 'applied' | 'notApplied' | 'unknown' | 'canceled' | 'pending', number>>;
}

/** Shows how far a job is, each time that is known. */
export type Progress = (job: Job) => void;

interface Choice {
  readonly nullClears: boolean;
  /** Another job, even when the same rows were handed in before. */
  readonly again: boolean;
}

/**
 * Hands in a table as one job. The same table gives the same key, so that a command that was broken off goes on with its job.
 * @throws Stop when that job had ended before
 */
export async function submit(
  api: Api,
  csv: string | Uint8Array<ArrayBuffer>,
  { nullClears, again }: Choice,
): Promise<Job> {
  const query = nullClears ? '?null=clear' : '';
  const hash = createHash('sha256').update(api.root).update('\0').update(query).update('\0').update(csv).digest('hex');
  const key = again ? `${hash.slice(0, 32)}-${randomUUID()}` : hash;
  const headers = { 'content-type': 'text/csv', 'idempotency-key': key };
  const job = (await (await send(api, `/jobs${query}`, { method: 'POST', headers, body: csv })).json()) as Job;
  if (job.endedAt !== undefined)
    throw new Stop(
      `These rows were handed in before: job ${job.jobId} ended at ${job.endedAt} (${job.status}). To do it once more, add --again.`,
      2,
    );
  return job;
}

/** Waits until a job has ended, and shows how far it is. */
export async function follow(api: Api, jobId: string, show: Progress): Promise<Job> {
  for (let looks = 1; ; looks += 1) {
    const response = await send(api, `/jobs/${jobId}`);
    const job = (await response.json()) as Job;
    show(job);
    const seconds = response.headers.get('retry-after');
    if (seconds === null) return job;
    await wait(pauseSeconds(looks, Number(seconds)) * 1000);
  }
}

/**
 * How long to wait after so many looks: 1, 2, 4, 8 … up to what Retry-After says. That fits a job of minutes, and one of few rows ends in
 * two seconds; four early looks are no load.
 */
export const pauseSeconds = (looks: number, retryAfterSeconds: number): number =>
  Math.min(2 ** (looks - 1), retryAfterSeconds);

/** What became of each row, as CSV. */
export async function resultOf(api: Api, jobId: string, excel: string | undefined): Promise<Uint8Array> {
  const query = excel === undefined ? '' : `?excel=${excel}`;
  const response = await send(api, `/jobs/${jobId}/result${query}`, { headers: { accept: 'text/csv' } });
  return new Uint8Array(await response.arrayBuffer());
}

/** The values before, in the form that a job takes. */
export async function previousOf(api: Api, jobId: string): Promise<string> {
  return (await send(api, `/jobs/${jobId}/previous`, { headers: { accept: 'text/csv' } })).text();
}

export async function cancel(api: Api, jobId: string): Promise<Job> {
  return (await (await send(api, `/jobs/${jobId}`, { method: 'DELETE' })).json()) as Job;
}

export function exitCodeOf({ rows }: Job): ExitCode {
  if (rows.unknown > 0) return 3;
  return rows.applied === rows.total ? 0 : 1;
}
