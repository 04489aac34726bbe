import { folderOf } from './job.js';
import type { JobParts } from './parts.js';
import { findJob, type Asker } from './progress.js';
import { createCancel, readState } from './state.js';
import { orUnavailable } from './unavailable.js';
import { viewOf, type JobView } from './view.js';

/**
 * Cancels what has not been sent. What was sent keeps its result, and a job that has ended stays as it is.
 * @throws Problem job-not-found; storage-unavailable, unknown when it may have been canceled
 */
export function cancelJob(jobId: string, asker: Asker, parts: JobParts): Promise<JobView> {
  const { storage, rate, time } = parts;
  return orUnavailable(async (begun) => {
    const header = await findJob(jobId, asker, parts);
    const state = await readState(storage.data, jobId, header);
    if (state.ended !== undefined) return viewOf(jobId, header, state, rate, time.wallMs());
    begun();
    await createCancel(storage.data, folderOf(jobId, header), 'wish');
    await storage.queue.send({ job: jobId }, 0);
    const after = await readState(storage.data, jobId, header);
    return viewOf(jobId, header, after, rate, time.wallMs());
  });
}
