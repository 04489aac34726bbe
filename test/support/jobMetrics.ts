/** Metrics that only jobs send, and the dimensions of each. */
export const jobMetrics: Readonly<Record<string, readonly string[]>> = {
  jobRows: ['outcome'],
  jobsEnded: ['status'],
  paceUsed: [],
};
