import { openCall, type Call } from '../call.js';
import { deadlineIn } from '../deadline.js';
import { readMany, writeMany } from '../updates/many.js';
import type { UpdateParts } from '../updates/parts.js';
import type { Submitter } from './job.js';
import type { JobGraph } from './parts.js';

/** Graph by what single updates and batches use. Each request is a call of its own: its wait is everybody's, and no slot is held over it. */
export function graphForJobs(parts: UpdateParts): JobGraph {
  const open = (submitter: Submitter) => callOf(submitter, parts);
  return {
    readMany: (ids, submitter) => readMany(ids, parts, open(submitter)),
    writeMany: async (updates, submitter) => {
      const call = open(submitter);
      return { ...(await writeMany(updates, parts, call)), attempts: call.attempts };
    },
  };
}

/** What is done for a job is done for its submitter, and stands in that call's trace. */
export function callOf({ caller, requestId, traceparent }: Submitter, { config }: Pick<UpdateParts, 'config'>): Call {
  return openCall({ caller, requestId, traceparent, deadline: deadlineIn(config.limits.deadlineMs) });
}
