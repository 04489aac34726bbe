import { createHash, randomUUID } from 'node:crypto';
import { Problem } from '../problem.js';
import { idKey } from '../resource/id.js';
import { headerMetadata } from './end.js';
import { chunkRows, folderOf, headerName, jobIdOf, type Header, type Row, type Submitter } from './job.js';
import type { JobParts } from './parts.js';
import { isPast, readState } from './state.js';
import { StorageFailed } from './storage.js';
import { orUnavailable } from './unavailable.js';
import { notBegun, viewOf, type JobView } from './view.js';

/** What a caller hands in; every row has been checked. */
export interface Submission extends Submitter {
  readonly idempotencyKey: string;
  readonly rows: readonly Row[];
  /** The caller's choice about null: it belongs to what the same key must bring again. */
  readonly clearsNull: boolean;
}

/**
 * Accepts a job once. The same key and the same rows are the same job, however often and whoever else does so at the same moment: it
 * is enqueued again, which is always harmless, and told as it stands (F72, F79).
 * @returns the job, once it is committed and enqueued
 * @throws Problem idempotency-key-reused; storage-unavailable, unknown once the header may be there (F71)
 */
export async function submitJob(submission: Submission, parts: JobParts): Promise<JobView> {
  const job = jobIdOf(submission.caller, submission.idempotencyKey);
  const hash = hashOf(submission);
  return orUnavailable(async (begun) => {
    const { header, state } = await commit(job, hash, submission, parts, begun);
    if (header.hash !== hash) throw new Problem('idempotency-key-reused');
    begun();
    await parts.storage.queue.send({ job }, 0);
    return viewOf(job, header, state, parts.rate, parts.time.wallMs());
  });
}

/** The rows as they were validated, whatever order their properties came in and whether as JSON or CSV; ids compare without regard to case. */
function hashOf({ rows, clearsNull }: Submission): string {
  const hash = createHash('sha256').update(String(clearsNull));
  for (const { id, changes } of rows)
    hash.update(JSON.stringify([idKey(id), Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : 1))]));
  return hash.digest('hex');
}

/** How often somebody else may come between before this call gives up. */
const mostTries = 5;

/** The header that is there, or the one that this call makes. One that is older than the retention counts as absent (F81). */
async function commit(job: string, hash: string, submission: Submission, parts: JobParts, begun: () => void) {
  const { storage, time } = parts;
  for (let tries = 0; tries < mostTries; tries++) {
    const there = await storage.jobs.read(headerName(job));
    const old = there && (JSON.parse(there.text) as Header);
    if (old !== undefined && !isPast(old.submittedMs, parts))
      return { header: old, state: await readState(storage.data, job, old) };

    const header = await writeRows(job, hash, submission, time.wallMs(), parts);
    begun();
    const text = JSON.stringify(header);
    const tag = there
      ? await storage.jobs.replace(headerName(job), text, there.tag, headerMetadata(header))
      : await storage.jobs.create(headerName(job), text, headerMetadata(header));
    if (tag !== undefined) return { header, state: notBegun };
  }
  throw new StorageFailed('commit');
}

/** Writes the rows under a new run's name, one JSON text a line, and makes the header that tells where each chunk begins. */
async function writeRows(
  job: string,
  hash: string,
  { caller, requestId, traceparent, rows }: Submission,
  submittedMs: number,
  { storage }: JobParts,
): Promise<Header> {
  const chunks: Buffer[] = [];
  const offsets = [0];
  for (let first = 0; first < rows.length; first += chunkRows) {
    const lines = rows.slice(first, first + chunkRows).map((row) => `${JSON.stringify(row)}\n`);
    const chunk = Buffer.from(lines.join(''));
    chunks.push(chunk);
    offsets.push((offsets.at(-1) ?? 0) + chunk.length);
  }
  const header: Header = {
    submittedMs,
    ...{ caller, requestId, traceparent, hash, offsets },
    rows: rows.length,
    run: randomUUID(),
  };
  await storage.data.create(`${folderOf(job, header)}rows`, Buffer.concat(chunks));
  return header;
}
