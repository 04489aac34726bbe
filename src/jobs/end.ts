import {
  addCounts,
  chunksOf,
  countsToMetadata,
  headerName,
  sizeOf,
  type Counts,
  type Ended,
  type EndState,
  type Header,
  type RowOutcome,
} from './job.js';
import type { JobParts } from './parts.js';
import { endChunk } from './record.js';
import { readState } from './state.js';

interface Owner {
  readonly job: string;
  readonly header: Header;
  readonly folder: string;
  readonly leaseId: string;
}

/**
 * Ends the job under its lease, if nothing is left to do: every chunk has a result, or it was canceled or given up. Then chunks that
 * were begun get the result that is missing, and whatever was not begun is canceled, or not applied.
 * @param holds whether the lease is still held
 * @returns whether the job has ended
 */
export async function endJob(owner: Owner, holds: () => boolean, parts: JobParts): Promise<boolean> {
  const { storage, report } = parts;
  const { job, header, folder, leaseId } = owner;
  const { done, begun, cancel } = await readState(storage.data, job, header);
  const finished = done.size === chunksOf(header);
  if (!finished && cancel === undefined) return false;

  const told = new Map(done);
  for (const chunk of begun)
    if (!told.has(chunk))
      told.set(chunk, await endChunk(storage.data, `${folder}chunks/${chunk}`, sizeOf(header, chunk)));
  if (!holds()) return false;

  const ended = endOf(header, told, finished ? undefined : cancel, parts.time.wallMs());
  const { state, endedMs, counts } = ended;
  const metadata = { state, ended: String(endedMs), ...countsToMetadata(counts) };
  const first = await storage.data.create(`${folder}ended`, JSON.stringify(ended), metadata);
  if (first === undefined) return true;
  report.ended(job, state, subtract(counts, addCounts([...done.values()])));
  await storage.jobs.describe(headerName(job), { ...headerMetadata(header), state, ended: String(endedMs) }, leaseId);
  return true;
}

/** What `all` has more than `some`. */
function subtract(all: Counts, some: Counts): Counts {
  const left = (outcome: RowOutcome) => all[outcome] - some[outcome];
  return {
    applied: left('applied'),
    'not-applied': left('not-applied'),
    unknown: left('unknown'),
    canceled: left('canceled'),
  };
}

/** What a listing of headers tells of each. */
export function headerMetadata({ submittedMs, rows, run }: Header): Record<string, string> {
  return { submitted: String(submittedMs), rows: String(rows), run };
}

function endOf(header: Header, told: ReadonlyMap<number, Counts>, cut: string | undefined, endedMs: number): Ended {
  const rest = cut === 'failed' ? 'not-applied' : 'canceled';
  const settled = addCounts([...told.values()]);
  const left = header.rows - Object.values(settled).reduce((sum, count) => sum + count, 0);
  const counts = { ...settled, [rest]: settled[rest] + left };
  return { state: stateOf(header, counts, cut), endedMs, told: [...told.keys()], rest, counts };
}

function stateOf({ rows }: Header, counts: Counts, cut: string | undefined): EndState {
  if (cut !== undefined) return cut === 'failed' ? 'Failed' : 'Canceled';
  return counts.applied === rows ? 'Succeeded' : 'CompletedWithErrors';
}
