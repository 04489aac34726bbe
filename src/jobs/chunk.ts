import { chunkRows, sizeOf, type Row, type RowResult } from './job.js';
import { holds, mustStop, type Holder } from './holder.js';
import type { Attempt } from '../graph/attempt.js';
import type { Value } from '../updates/many.js';
import type { JobParts } from './parts.js';
import { beginChunk, writeResult, type Begun } from './record.js';
import { goesAgain, openRow, takeUpRow, type Before, type RowState } from './rows.js';

/** At most twenty rows, which are sent together. */
export interface Chunk {
  readonly name: string;
  readonly firstRow: number;
  readonly rows: readonly Row[];
  /** What Graph showed last, and when it was asked, on both clocks. */
  values: readonly Value[];
  readMs: number;
  readWallMs: number;
  states: RowState[];
  /** Writes so far. */
  readonly attempts: Attempt[];
  /** Undefined before it is on record that the chunk may have been sent. */
  begun?: Begun;
}

/** The rows of a chunk and what Graph shows of them; undefined when nothing can be read for long, or the turn is over. */
export async function openChunk(number: number, holder: Holder, parts: JobParts): Promise<Chunk | undefined> {
  const { header, folder } = holder;
  const [from = 0, to = 0] = header.offsets.slice(number, number + 2);
  const lines = await parts.storage.data.readRange(`${folder}rows`, from, to);
  const rows = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  if (rows.length !== sizeOf(header, number)) throw new Error('A chunk does not have the rows that its header tells.');
  const name = `${folder}chunks/${number}`;
  const chunk: Chunk = {
    name,
    firstRow: number * chunkRows + 1,
    rows,
    values: [],
    readMs: 0,
    readWallMs: 0,
    states: [],
    attempts: [],
  };
  return (await readUntilReadable(chunk, holder, parts)) ? chunk : undefined;
}

/** Waits between reads while Graph cannot be read at all: nothing is begun meanwhile, and no row uses up an attempt (F84). */
const unreadable = { times: 10, firstMs: 2_000, mostMs: 60_000 };

async function readUntilReadable(chunk: Chunk, holder: Holder, parts: JobParts): Promise<boolean> {
  for (let time = 0; ; time++) {
    await readValues(chunk, holder, parts);
    if (chunk.values.some((value) => value !== undefined)) return true;
    if (time === unreadable.times || mustStop(holder, parts)) return false;
    await parts.time.wait(Math.min(unreadable.mostMs, unreadable.firstMs * 2 ** time), holder.over.signal);
  }
}

/** Reads what Graph shows of a chunk's rows now. A row that cannot be read keeps what it showed before. */
export async function readValues(chunk: Chunk, { header }: Holder, { graph, time, tempo }: JobParts): Promise<void> {
  [chunk.readMs, chunk.readWallMs] = [time.monotonicMs(), time.wallMs()];
  const values = await graph.readMany(
    chunk.rows.map(({ id }) => id),
    header,
  );
  chunk.values = chunk.rows.map((_, row) => values[row] ?? chunk.values[row]);
  chunk.states = chunk.rows.map((_, row) => openRow(beforeOf(chunk.values[row])));
  tempo.readMs = time.monotonicMs() - chunk.readMs;
}

const beforeOf = (value: Value): Before => value ?? null;

/** Puts on record that the chunk may be sent; false when it is done, or somebody else's. */
export async function begin(chunk: Chunk, holder: Holder, parts: JobParts): Promise<boolean> {
  const before = chunk.rows.map((_, row) => beforeOf(chunk.values[row]));
  const mine = { before, readMs: chunk.readWallMs, by: holder.leaseId, attempt: 1 };
  const begun = await beginChunk(parts.storage.data, chunk.name, mine);
  if (begun === undefined) return false;
  chunk.begun = begun;
  chunk.states = chunk.rows.map(({ changes }, row) => {
    const was = begun.record.before[row] ?? null;
    return isLater(chunk) ? takeUpRow(changes, was, chunk.values[row], parts) : openRow(was);
  });
  return true;
}

/** Whether an earlier runner may have sent rows of the chunk. */
export function isLater({ begun }: Chunk): boolean {
  return begun !== undefined && begun.record.attempt > 1;
}

/** Numbers of the rows, within the chunk, that are to be sent. */
export function toSend({ states }: Chunk, { limits }: JobParts): number[] {
  return states.flatMap((state, row) => (goesAgain(state, limits.maxAttempts) ? [row] : []));
}

/** Writes the result of each row, and tells of it; nothing when somebody else has taken the chunk up. */
export async function tell(
  chunk: Chunk,
  resultOf: (state: RowState) => RowResult,
  holder: Holder,
  parts: JobParts,
): Promise<void> {
  const { begun, name, firstRow, rows } = chunk;
  if (begun === undefined || !holds(holder, parts)) return;
  const results = chunk.states.map(resultOf);
  if (!(await writeResult(parts.storage.data, name, begun, results))) return;
  holder.progress = true;
  const { job, header } = holder;
  parts.report.chunk({ job, header, firstRow, rows, before: begun.record.before, results, attempts: chunk.attempts });
}
