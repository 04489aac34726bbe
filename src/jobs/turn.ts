import { endJob } from './end.js';
import { becomeHolder, cancel, fail, holds, keepLease, moveHeir, mustStop, type Holder } from './holder.js';
import { chunksOf, folderOf, headerName, type JobMessage } from './job.js';
import type { JobParts } from './parts.js';
import { createPlaces, type Places } from './places.js';
import { settleChunk } from './settle.js';
import { createCancel, isEnded, openHeader, readState, type JobState } from './state.js';
import { StorageFailed, type Sent } from './storage.js';

/** How often it is looked again whether the holder of a lease still lives: then it has an heir of its own. */
const mostLooks = 2;

/**
 * One delivery of a job. First of all it leaves an heir: a delivery that comes when this one leaves no word. Then it runs the job, if
 * nobody else does, until its time is up or the job has ended. A turn that fails on the storage returns as if all were well: its heir
 * goes on (F75).
 * @throws StorageFailed when not even the heir could be left; the platform delivers the message again
 */
export async function runTurn(message: JobMessage, parts: JobParts): Promise<void> {
  const { storage, limits } = parts;
  const word = wordOf(message, parts);
  const heir = await storage.queue.send(word, limits.heirMs);
  try {
    const header = await openHeader(message.job, parts);
    if (header === undefined || (await isEnded(storage.data, folderOf(message.job, header)))) {
      await storage.queue.delete(heir);
      return;
    }
    const holder = await becomeHolder(header, heir, word, parts);
    if (holder === undefined) await lookAgain(message, heir, word, parts);
    else await underLease(holder, parts);
  } catch (error) {
    if (!(error instanceof StorageFailed)) throw error;
    parts.report.storageFailed(message.job, error);
  }
}

/** What the heir says: one more turn without a result, unless this one brings some. */
function wordOf({ job, barren = 0, since, poisoned }: JobMessage, { time }: JobParts): JobMessage {
  const begun = { job, barren: barren + 1, since: since ?? time.wallMs() };
  return poisoned === undefined ? begun : { ...begun, poisoned };
}

/** Somebody else runs the job. If that one died just now, a look after its lease has run out finds it free. */
async function lookAgain({ look = 0 }: JobMessage, heir: Sent, word: JobMessage, { storage, limits }: JobParts) {
  if (look >= mostLooks) await storage.queue.delete(heir);
  else await storage.queue.update(heir, { ...word, look: look + 1 }, limits.lookMs);
}

/** Runs the job under its lease, which is kept alive meanwhile and given back, unless chunks are still out when the instance ends. */
async function underLease(holder: Holder, parts: JobParts): Promise<void> {
  const { storage, closing } = parts;
  const close = () => {
    holder.over.abort();
  };
  closing.addEventListener('abort', close);
  if (closing.aborted) close();
  const keeping = keepLease(holder, parts);
  const leave = async () => {
    holder.left.abort();
    await keeping;
    closing.removeEventListener('abort', close);
  };
  let run: 'ended' | 'goes on' | 'still out';
  try {
    run = await runJob(holder, parts);
  } catch (error) {
    await leave();
    await storage.jobs.release(headerName(holder.job), holder.leaseId);
    throw error;
  }
  await leave();
  if (run === 'still out') return;
  await storage.jobs.release(headerName(holder.job), holder.leaseId);
  if (run === 'ended') await storage.queue.delete(holder.heir);
  else await moveHeir(holder, 0, parts);
}

async function runJob(holder: Holder, parts: JobParts): Promise<'ended' | 'goes on' | 'still out'> {
  const { storage } = parts;
  if (await isEnded(storage.data, holder.folder)) return 'ended';
  const state = await readState(storage.data, holder.job, holder.header);
  if (state.cancel !== undefined) cancel(holder, state.cancel);
  else await giveUpIfBarren(holder, parts);
  if (!(await settleChunks(holder, state, parts))) return 'still out';
  if (holder.failure !== undefined) throw holder.failure;
  return holds(holder, parts) && (await endJob(holder, () => holds(holder, parts), parts)) ? 'ended' : 'goes on';
}

/** A job that gets nowhere for long, in turn after turn, is ended: otherwise it would be tried for ever (F77). */
async function giveUpIfBarren(holder: Holder, { storage, limits, time, report }: JobParts): Promise<void> {
  const { barren = 0, since = 0 } = holder.word;
  if (barren <= limits.barrenTurns || time.wallMs() - since <= limits.barrenMs) return;
  await createCancel(storage.data, holder.folder, 'failed');
  report.givenUp(holder.job);
  cancel(holder, 'failed');
}

/**
 * Chunks without a result, in the order of their numbers, so many at once; what was begun comes back before this returns.
 * @returns false when the instance ends and some did not come back in time
 */
async function settleChunks(holder: Holder, { done, begun }: JobState, parts: JobParts): Promise<boolean> {
  const places = createPlaces(parts.limits.chunksAtOnce);
  holder.over.signal.addEventListener('abort', places.wake);
  for (let chunk = 0; chunk < chunksOf(holder.header); chunk++) {
    if (done.has(chunk)) continue;
    while (!mustStop(holder, parts) && places.full()) await places.change();
    if (mustStop(holder, parts)) break;
    const place = places.take();
    void settleChunk({ number: chunk, begun: begun.has(chunk) }, place, holder, parts)
      .catch((error: unknown) => {
        fail(holder, error);
      })
      .finally(place.leave);
  }
  return allBack(places, parts);
}

async function allBack(places: Places, { closing, time, limits }: JobParts): Promise<boolean> {
  const end = { cut: false };
  const close = () => {
    void time.wait(limits.shutdownMs).then(() => {
      end.cut = true;
      places.wake();
    });
  };
  if (closing.aborted) close();
  else closing.addEventListener('abort', close);
  while (!places.empty() && !end.cut) await places.change();
  closing.removeEventListener('abort', close);
  return places.empty();
}
