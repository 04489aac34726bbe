import { randomUUID } from 'node:crypto';
import { folderOf, headerName, type CancelReason, type Header, type JobMessage } from './job.js';
import type { JobParts } from './parts.js';
import { isCanceled } from './state.js';
import { StorageFailed, type Sent } from './storage.js';

/** Who runs a job at present, and what it knows. */
export interface Holder {
  readonly job: string;
  readonly header: Header;
  readonly folder: string;
  readonly leaseId: string;
  /** On the monotonic clock. */
  readonly begunMs: number;
  /** When the last renewal of the lease that worked was asked for. */
  askedMs: number;
  lost: boolean;
  cancel?: CancelReason;
  /** What broke the turn. */
  failure?: Error;
  /** A chunk has come to a result: this turn is not barren. */
  progress: boolean;
  /** Aborted as soon as nothing more is to be begun: waits end at once. */
  readonly over: AbortController;
  /** Aborted when the turn has come to its end. */
  readonly left: AbortController;
  /** The delivery that goes on if this one leaves no word, and what it says. */
  heir: Sent;
  readonly word: JobMessage;
}

/** Takes the lease of a job; undefined when somebody else runs it. Whoever gets it renews it by {@link keepLease}. */
export async function becomeHolder(
  header: Header,
  heir: Sent,
  word: JobMessage,
  parts: JobParts,
): Promise<Holder | undefined> {
  const { job } = word;
  const leaseId = randomUUID();
  const askedMs = parts.time.monotonicMs();
  if (!(await parts.storage.jobs.acquire(headerName(job), leaseId, parts.limits.leaseMs))) return undefined;
  return {
    ...{ job, header, leaseId, askedMs, heir, word },
    folder: folderOf(job, header),
    begunMs: parts.time.monotonicMs(),
    lost: false,
    progress: false,
    over: new AbortController(),
    left: new AbortController(),
  };
}

/** Whether the lease was renewed lately enough to send or write anything. */
export function holds(holder: Holder, { time, limits }: JobParts): boolean {
  if (time.monotonicMs() - holder.askedMs >= limits.quietMs) lose(holder);
  return !holder.lost;
}

/** Whether what waits has to leave: canceled, the lease lost, the storage failed, or this instance ends. */
export function mustLeave(holder: Holder, parts: JobParts): boolean {
  return !holds(holder, parts) || holder.over.signal.aborted;
}

/** Whether nothing more is begun: as {@link mustLeave}, and when the turn's time is up. */
export function mustStop(holder: Holder, parts: JobParts): boolean {
  return mustLeave(holder, parts) || parts.time.monotonicMs() - holder.begunMs > parts.limits.turnMs;
}

export function cancel(holder: Holder, reason: CancelReason): void {
  holder.cancel ??= reason;
  holder.over.abort();
}

export function fail(holder: Holder, error: unknown): void {
  holder.failure ??=
    error instanceof Error ? error : new Error('Something that is no error was thrown.', { cause: error });
  holder.over.abort();
}

function lose(holder: Holder): void {
  holder.lost = true;
  holder.over.abort();
}

/** Looks whether the job has been canceled, and remembers it. */
export async function lookForCancel(holder: Holder, { storage }: JobParts): Promise<void> {
  if (holder.cancel === undefined && (await isCanceled(storage.data, holder.folder))) cancel(holder, 'wish');
}

/** Renews the lease until the turn has come to its end; each time it moves the heir on, and looks whether the job was canceled. */
export async function keepLease(holder: Holder, parts: JobParts): Promise<void> {
  const { storage, time, limits } = parts;
  const left = holder.left.signal;
  for (;;) {
    await time.wait(limits.renewMs, left);
    if (left.aborted) return;
    const askedMs = time.monotonicMs();
    try {
      if (!(await storage.jobs.renew(headerName(holder.job), holder.leaseId))) {
        lose(holder);
        return;
      }
      holder.askedMs = askedMs;
      await moveHeir(holder, limits.heirMs, parts);
      await lookForCancel(holder, parts);
    } catch (error) {
      // The next renewal may work; when none does for long enough, the holder is quiet by itself.
      if (!(error instanceof StorageFailed)) fail(holder, error);
    }
  }
}

/** When the heir comes, and that the turn was not barren if it was not. Somebody may have received it meanwhile: then it gets a successor. */
export async function moveHeir(holder: Holder, delayMs: number, { storage }: JobParts): Promise<void> {
  const word = holder.progress ? { job: holder.job } : holder.word;
  holder.heir =
    (await storage.queue.update(holder.heir, word, delayMs)) ??
    (await storage.queue.send({ job: holder.job }, delayMs));
}
