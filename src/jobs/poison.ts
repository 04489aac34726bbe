import { randomUUID } from 'node:crypto';
import { endJob } from './end.js';
import { folderOf, headerName, type JobMessage } from './job.js';
import type { JobParts } from './parts.js';
import { createCancel, isEnded, openHeader } from './state.js';

/**
 * A message that failed again and again. The job is tried once more after a while; when even that fails too often it is ended as
 * failed, here, because its turns seem not to get so far (F77). A runner who is well is not disturbed.
 * @throws StorageFailed; the platform delivers the message again
 */
export async function runPoisoned({ job, poisoned = 0 }: JobMessage, parts: JobParts): Promise<void> {
  const { storage, limits, report } = parts;
  const header = await openHeader(job, parts);
  if (header === undefined) return;
  const folder = folderOf(job, header);
  if (await isEnded(storage.data, folder)) return;
  if (poisoned + 1 < limits.poisonTries) {
    await storage.queue.send({ job, poisoned: poisoned + 1 }, limits.poisonMs);
    return;
  }
  report.givenUp(job);
  await createCancel(storage.data, folder, 'failed');
  const leaseId = randomUUID();
  if (!(await storage.jobs.acquire(headerName(job), leaseId, limits.leaseMs))) {
    await storage.queue.send({ job }, limits.lookMs);
    return;
  }
  const askedMs = parts.time.monotonicMs();
  const holds = () => parts.time.monotonicMs() - askedMs < limits.quietMs;
  await endJob({ job, header, folder, leaseId }, holds, parts);
  await storage.jobs.release(headerName(job), leaseId);
}
