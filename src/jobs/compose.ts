import { wait } from '../deadline.js';
import { openStorage } from './azure.js';
import type { JobsConfig } from './config.js';
import { graphForJobs } from './graph.js';
import { readMessage } from './job.js';
import type { JobParts, Time } from './parts.js';
import { runPoisoned } from './poison.js';
import { reportFor, type JobUpdateParts } from './report.js';
import { runTurn } from './turn.js';

/** The clock of the machine. */
const time: Time = { monotonicMs: () => performance.now(), wallMs: () => Date.now(), wait };

/** What jobs stand on; nothing of it is loaded or asked before the first job. */
export function composeJobs(config: JobsConfig, parts: JobUpdateParts, log: (line: string) => void): JobParts {
  const { limits, rate } = config;
  return {
    ...{ limits, rate, time },
    storage: openStorage(config),
    graph: graphForJobs(parts),
    resource: parts.resource,
    tolerance: parts.config.verifyTolerance,
    tempo: {},
    closing: parts.lifecycle.closing,
    report: reportFor(parts, log),
  };
}

/** One message of the queue of jobs. One that is none of ours is dropped with a line (F77). */
export async function onMessage(value: unknown, parts: JobParts): Promise<void> {
  const message = readMessage(value);
  if (message === undefined) parts.report.dropped();
  else await runTurn(message, parts);
}

/** One message that failed again and again. */
export async function onPoisonedMessage(value: unknown, parts: JobParts): Promise<void> {
  const message = readMessage(value);
  if (message === undefined) parts.report.dropped();
  else await runPoisoned(message, parts);
}
