import { begin, isLater, readValues, toSend, type Chunk } from './chunk.js';
import { lookForCancel, mustLeave, mustStop, type Holder } from './holder.js';
import { isBlocked, reserve, storageNow } from './pace.js';
import type { JobParts } from './parts.js';
import type { Place } from './places.js';

/** Time for the last looks before a slot, while it is not known how long they take; and the most that is ever left for them. */
const lookTime = { guessMs: 500, mostMs: 20_000 };

/** Room to spare beside what was measured. */
const spare = 1.5;

/** Longest wait in one piece: the storage's clock becomes better known meanwhile. */
const pieceMs = 5_000;

/**
 * Waits for a slot, puts the chunk on record before it begins, and looks once more whether it may be sent: nobody sends what was not
 * on record, whose job was canceled, whose lease is old, while Graph wants everybody to wait, or late (F73, F80, F85).
 * @returns false when it must not be sent now
 */
export async function untilSlot(chunk: Chunk, place: Place, holder: Holder, parts: JobParts): Promise<boolean> {
  const { limits, tempo, time } = parts;
  await place.front();
  for (;;) {
    if (mustLeave(holder, parts)) return false;
    const startMs = await reserve(toSend(chunk, parts).length, parts);
    const stale = chunk.begun === undefined && areStale(chunk, startMs - storageNow(parts), parts);
    const lookMs = Math.min(lookTime.mostMs, (tempo.lookMs ?? lookTime.guessMs) * spare);
    await untilStorageTime(startMs - lookMs - (stale ? (tempo.readMs ?? 0) * spare : 0), holder, parts);
    if (chunk.begun === undefined && mustLeave(holder, parts)) return false;
    if (stale) await readValues(chunk, holder, parts);

    const lookedMs = time.monotonicMs();
    if (chunk.begun === undefined && !(await begin(chunk, holder, parts))) return false;
    const [blocked] = await Promise.all([isBlocked(parts), lookForCancel(holder, parts)]);
    if (mustLeave(holder, parts)) return false;
    if (blocked) continue;
    tempo.lookMs = time.monotonicMs() - lookedMs;

    await untilStorageTime(startMs, holder, parts);
    if (mustLeave(holder, parts)) return false;
    if (storageNow(parts) <= startMs + limits.lateMs) return true;
    if (!isLater(chunk) && mustStop(holder, parts)) return false;
  }
}

/** Whether the values will be too old when the slot comes; where they cannot be much younger, they do. */
function areStale({ readMs }: Chunk, waitMs: number, { limits, tempo, time }: JobParts): boolean {
  const ageMs = time.monotonicMs() + waitMs - readMs;
  return ageMs > limits.valuesMs && waitMs > 2 * (tempo.readMs ?? 0);
}

async function untilStorageTime(untilMs: number, holder: Holder, parts: JobParts): Promise<void> {
  for (;;) {
    const waitMs = untilMs - storageNow(parts);
    if (waitMs <= 0 || holder.over.signal.aborted) return;
    await parts.time.wait(Math.min(waitMs, pieceMs), holder.over.signal);
  }
}
