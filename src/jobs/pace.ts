import { block, freshPace, offsetAfter, shareOf, takeSlot, type Pace } from '../graph/pace.js';
import type { JobParts } from './parts.js';
import type { Content } from './storage.js';

const name = 'pace';

/** Least and most time between taking a slot and its begin. */
const least = { tookMs: 200, mostMs: 30_000 };

/** What taking a slot and looking before a send need, with room to spare. */
const spare = 1.5;

/** The storage's time, on the monotonic clock of this process; every instance's is the same within a second. */
export function storageNow({ tempo, time }: JobParts): number {
  return time.monotonicMs() + (tempo.offsetMs ?? 0);
}

/** Takes a slot for so many rows: when they may be sent, in the storage's time. Those who are ready to send take one, so jobs take turns. */
export async function reserve(rows: number, parts: JobParts): Promise<number> {
  const { tempo, time, rate } = parts;
  let slot = { startMs: 0, pace: freshPace };
  await change(parts, (pace, beganMs) => {
    const tookMs = tempo.slotMs === undefined ? least.tookMs : tempo.slotMs + (tempo.lookMs ?? 0);
    slot = takeSlot(pace, rows, storageNow(parts) + Math.min(least.mostMs, tookMs * spare), rate);
    return { pace: slot.pace, done: () => (tempo.slotMs = time.monotonicMs() - beganMs) };
  });
  parts.report.paceUsed(shareOf(slot.pace, rate));
  return slot.startMs;
}

/** Graph wants everybody to wait so long from now. */
export async function blockAll(waitMs: number, parts: JobParts): Promise<void> {
  await change(parts, (pace) => {
    const blocked = block(pace, storageNow(parts) + waitMs);
    return blocked && { pace: blocked };
  });
}

/** Whether Graph wants everybody to wait at present. */
export async function isBlocked(parts: JobParts): Promise<boolean> {
  const there = await parts.storage.data.read(name);
  return there !== undefined && parsePace(there).blockedUntilMs > storageNow(parts);
}

/** Reads, decides and writes under the tag, again and again until nobody came between. */
async function change(
  parts: JobParts,
  decide: (pace: Pace, beganMs: number) => { readonly pace: Pace; readonly done?: () => void } | undefined,
): Promise<void> {
  const { storage, tempo, time } = parts;
  for (;;) {
    const there = await storage.data.read(name);
    if (there === undefined) {
      await storage.data.create(name, JSON.stringify(freshPace));
      continue;
    }
    const beganMs = time.monotonicMs();
    tempo.offsetMs = offsetAfter(tempo.offsetMs, there.dateMs, beganMs);
    const decided = decide(parsePace(there), beganMs);
    if (decided === undefined) return;
    if ((await storage.data.replace(name, JSON.stringify(decided.pace), there.tag)) === undefined) continue;
    decided.done?.();
    return;
  }
}

function parsePace({ text }: Content): Pace {
  return JSON.parse(text) as Pace;
}
