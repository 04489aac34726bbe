import { worded } from '../resource/words.js';
import { Problem, problems } from '../problem.js';
import type { Field } from '../resource/field.js';
import { chunkRows, chunksOf, folderOf, type Ended, type Header, type Row, type RowResult } from './job.js';
import type { JobParts } from './parts.js';
import { findJob, type Asker } from './progress.js';
import { readChunk, type ChunkRecord } from './record.js';
import type { Before } from './rows.js';
import { orUnavailable } from './unavailable.js';

/** What became of one row. */
export interface ToldRow extends RowResult {
  /** From 1. */
  readonly row: number;
  readonly id: string;
  /** The values before of what the row was to change, as far as they are known. */
  readonly from?: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

/** A result for each row of a job that has ended. @throws Problem job-not-found, job-not-finished, storage-unavailable */
export function readResult(jobId: string, asker: Asker, fields: Fields, parts: JobParts): Promise<ToldRow[]> {
  return orUnavailable(async () => {
    const { header, ended, rows } = await openEnded(jobId, asker, parts);
    const told = new Set(ended.told);
    const records = await readRecords(jobId, header, told, parts);
    return rows.map(({ id, changes }, index) => {
      const record = records.get(Math.floor(index / chunkRows));
      const from = knownOf(fields, Object.keys(changes), record?.before[index % chunkRows] ?? null);
      const result = record?.rows?.[index % chunkRows] ?? restOf(ended);
      const { detail } = result;
      const asTold = { ...result, ...(detail !== undefined && { detail: worded(detail, parts.resource) }) };
      return { row: index + 1, id, ...asTold, ...(Object.keys(from).length > 0 && { from }) };
    });
  });
}

/**
 * The values before of a job's applied rows, as a job that brings them back takes them. A text that was empty is null: submitting it
 * needs the word that null is meant.
 * @param includesUnknown those rows too whose outcome is not known
 * @throws Problem as {@link readResult}
 */
export async function readPrevious(
  jobId: string,
  asker: Asker,
  { includesUnknown, fields }: { readonly includesUnknown: boolean; readonly fields: Fields },
  parts: JobParts,
): Promise<Readonly<Record<string, unknown>>[]> {
  const rows = await readResult(jobId, asker, fields, parts);
  return rows
    .filter(({ outcome }) => outcome === 'applied' || (includesUnknown && outcome === 'unknown'))
    .flatMap(({ id, from }) =>
      from === undefined
        ? []
        : [
            {
              id,
              ...Object.fromEntries(Object.entries(from).map(([name, value]) => [name, value === '' ? null : value])),
            },
          ],
    );
}

/** What is known of the values before: null only where the property can be. */
function knownOf(fields: Fields, names: readonly string[], before: Before): Readonly<Record<string, unknown>> {
  if (before === null || before === 'not-found') return {};
  const known = names.filter((name) => before[name] !== undefined && (before[name] !== null || fields[name]?.nullable));
  return Object.fromEntries(known.map((name) => [name, before[name]]));
}

function restOf({ rest }: Ended): RowResult {
  return rest === 'canceled'
    ? { outcome: 'canceled' }
    : { outcome: 'not-applied', code: 'job-failed', detail: problems['job-failed'].description };
}

/** What a caller is told to wait for the end of a job. */
export const endWaitSeconds = 15;

async function openEnded(jobId: string, asker: Asker, parts: JobParts) {
  const { data } = parts.storage;
  const header = await findJob(jobId, asker, parts);
  const folder = folderOf(jobId, header);
  const ended = await data.read(`${folder}ended`);
  if (ended === undefined) throw new Problem('job-not-finished', 'not-applied', { retryAfterSeconds: endWaitSeconds });
  const lines = await data.readRange(`${folder}rows`, 0, header.offsets.at(-1) ?? 0);
  const rows = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  return { header, ended: JSON.parse(ended.text) as Ended, rows };
}

const readsAtOnce = 16;

async function readRecords(job: string, header: Header, told: ReadonlySet<number>, { storage }: JobParts) {
  const records = new Map<number, ChunkRecord>();
  const left = Array.from({ length: chunksOf(header) }, (_, chunk) => chunk).filter((chunk) => told.has(chunk));
  const readOn = async () => {
    for (let chunk = left.pop(); chunk !== undefined; chunk = left.pop()) {
      const there = await readChunk(storage.data, `${folderOf(job, header)}chunks/${chunk}`);
      if (there !== undefined) records.set(chunk, there.record);
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, readOn));
  return records;
}
