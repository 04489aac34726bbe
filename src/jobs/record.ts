import { countRows, countsFromMetadata, countsToMetadata, type Counts, type RowResult } from './job.js';
import { interrupted, type Before } from './rows.js';
import type { Blobs, Content, Tag } from './storage.js';

/**
 * The one blob of a chunk. That it exists means that its rows may have been sent; it is changed only under its tag, so that a runner
 * who has been replaced cannot speak any more (F73).
 */
export interface ChunkRecord {
  /** The values before the first attempt, and when they were read, in milliseconds since 1970. */
  readonly before: readonly Before[];
  readonly readMs: number;
  /** The runner's lease. */
  readonly by: string;
  /** 1, and one more for each runner that took the chunk up. */
  readonly attempt: number;
  /** A result for each row, once all are settled. */
  readonly rows?: readonly RowResult[];
}

export interface Begun {
  readonly tag: Tag;
  readonly record: ChunkRecord;
}

/**
 * Puts on record that the chunk may be sent from now on. If it is on record already, it is taken up: rewritten under the own lease,
 * so that nothing an earlier runner still wants to write can land.
 * @returns undefined when it is done, or somebody else's by now
 */
export async function beginChunk(data: Blobs, name: string, mine: ChunkRecord): Promise<Begun | undefined> {
  const tag = await data.create(name, JSON.stringify(mine));
  if (tag !== undefined) return { tag, record: mine };
  const there = await readChunk(data, name);
  if (there === undefined || there.record.rows !== undefined) return undefined;
  // Only the answer to our own creation was lost.
  if (there.record.by === mine.by && there.record.attempt === 1) return there;
  const record = { ...there.record, by: mine.by, attempt: there.record.attempt + 1 };
  const replaced = await data.replace(name, JSON.stringify(record), there.tag);
  if (replaced !== undefined) return { tag: replaced, record };
  const now = await readChunk(data, name);
  return now?.record.by === mine.by && now.record.rows === undefined ? now : undefined;
}

/** Writes the result of a chunk; false when somebody else has taken it up. */
export async function writeResult(
  data: Blobs,
  name: string,
  { tag, record }: Begun,
  rows: readonly RowResult[],
): Promise<boolean> {
  const counts = countsToMetadata(countRows(rows));
  if ((await data.replace(name, JSON.stringify({ ...record, rows }), tag, counts)) !== undefined) return true;
  const now = await readChunk(data, name);
  return now?.record.by === record.by && now.record.rows !== undefined;
}

/** Makes an end of a chunk that was begun and has no result: its rows are unknown. Whoever is faster with a result wins. */
export async function endChunk(data: Blobs, name: string, size: number): Promise<Counts> {
  const rows = Array<RowResult>(size).fill(interrupted);
  const counts = countRows(rows);
  for (;;) {
    const there = await data.read(name);
    if (there === undefined) throw new Error('A chunk that was begun has gone.');
    const told = countsFromMetadata(there.metadata);
    if (told !== undefined) return told;
    const settled = JSON.stringify({ ...parseChunk(there), rows });
    if ((await data.replace(name, settled, there.tag, countsToMetadata(counts))) !== undefined) return counts;
  }
}

export async function readChunk(data: Blobs, name: string): Promise<Begun | undefined> {
  const there = await data.read(name);
  return there && { tag: there.tag, record: parseChunk(there) };
}

function parseChunk({ text }: Content): ChunkRecord {
  return JSON.parse(text) as ChunkRecord;
}
