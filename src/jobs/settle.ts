import { begin, isLater, openChunk, tell, toSend, type Chunk } from './chunk.js';
import { lookForCancel, mustLeave, type Holder } from './holder.js';
import { blockAll } from './pace.js';
import type { JobParts } from './parts.js';
import type { Place } from './places.js';
import { afterAttempt, canceledResult, finalResult, shows } from './rows.js';
import { untilSlot } from './slot.js';

/**
 * One chunk: the values before, a slot, the record, the writes, and again for rows that need it, to the result. It is left without one
 * when the lease is lost, the storage fails or the instance ends: the next turn takes it up.
 */
export async function settleChunk(
  { number, begun }: { readonly number: number; readonly begun: boolean },
  place: Place,
  holder: Holder,
  parts: JobParts,
): Promise<void> {
  const chunk = await openChunk(number, holder, parts);
  if (chunk === undefined) return;
  if (begun || toSend(chunk, parts).length === 0) {
    if (!(await begin(chunk, holder, parts))) return;
    await lookForCancel(holder, parts);
    if (mustLeave(holder, parts)) return leave(chunk, place, holder, parts);
  }
  for (let lost = 0; toSend(chunk, parts).length > 0;) {
    if (!(await untilSlot(chunk, place, holder, parts))) return leave(chunk, place, holder, parts);
    const sent = toSend(chunk, parts);
    if (sent.length === 0) break;
    lost += (await send(chunk, sent, lost, place, holder, parts)) ? 1 : 0;
  }
  place.sent();
  if (!(await lookAtOpenRows(chunk, holder, parts))) return;
  await tell(chunk, (state) => finalResult(state, isLater(chunk)), holder, parts);
}

/** One `$batch` of writes. Throttling, and a batch that failed as a whole, make everybody wait. @returns whether it failed as a whole */
async function send(
  chunk: Chunk,
  sent: readonly number[],
  lostBefore: number,
  place: Place,
  holder: Holder,
  parts: JobParts,
): Promise<boolean> {
  const { graph, limits, time, closing } = parts;
  chunk.states = chunk.states.map((state, row) => (sent.includes(row) ? { ...state, sent: true } : state));
  const before = chunk.begun?.record.before ?? [];
  const updates = chunk.rows.map((row, number) => ({ ...row, before: before[number] ?? undefined }));
  const flight = graph.writeMany(
    updates.filter((_, row) => sent.includes(row)),
    holder.header,
  );
  place.sent();
  const { rows: results, lost, retryAfterMs = 0, attempts } = await flight;
  chunk.attempts.push(...attempts);
  const free = time.monotonicMs() - holder.begunMs < limits.freeMs;
  sent.forEach((row, index) => {
    const [state, attempt] = [chunk.states[row], results[index]];
    if (state !== undefined && attempt !== undefined)
      chunk.states[row] = afterAttempt(state, attempt, { later: isLater(chunk), lost, free });
  });
  const waits = results.flatMap((attempt) => (attempt.kind === 'throttled' ? [attempt.retryAfterMs ?? 0] : []));
  // At the end of the instance its requests are cut: that says nothing about Graph.
  if (lost && closing.aborted) return lost;
  if (lost)
    await blockAll(Math.max(retryAfterMs, Math.min(limits.mostBlockMs, limits.blockMs * 2 ** lostBefore)), parts);
  else if (waits.length > 0) await blockAll(Math.max(retryAfterMs, ...waits) || limits.blockMs, parts);
  return lost;
}

/** Rows that may have been applied are looked at for a while: Intune shows writes late. @returns false when the instance ends meanwhile */
async function lookAtOpenRows(chunk: Chunk, holder: Holder, parts: JobParts): Promise<boolean> {
  const { graph, limits, time, closing } = parts;
  for (const waitMs of limits.lookAgainMs) {
    const open = chunk.states.flatMap(({ result, ambiguous }, row) => (result === undefined && ambiguous ? [row] : []));
    if (open.length === 0) return true;
    await time.wait(waitMs, closing);
    if (closing.aborted || holder.lost) return false;
    const rows = chunk.rows.filter((_, row) => open.includes(row));
    const values = await graph.readMany(
      rows.map(({ id }) => id),
      holder.header,
    );
    open.forEach((row, index) => {
      const [state, value, wanted] = [chunk.states[row], values[index], rows[index]];
      if (state === undefined || wanted === undefined || typeof value !== 'object') return;
      if (shows(value, wanted.changes, parts)) chunk.states[row] = { ...state, result: { outcome: 'applied' } };
    });
  }
  return true;
}

/** Of a chunk that is left only one whose job was canceled gets its result; any other is taken up by the next turn. */
async function leave(chunk: Chunk, place: Place, holder: Holder, parts: JobParts): Promise<void> {
  place.sent();
  if (holder.cancel === undefined) return;
  await tell(chunk, (state) => canceledResult(state, isLater(chunk)), holder, parts);
}
