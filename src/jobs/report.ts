import type { Code } from '../problem.js';
import { auditUpdate } from '../updates/audit.js';
import type { UpdateParts } from '../updates/parts.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { callOf } from './graph.js';
import { countRows, type Counts } from './job.js';
import type { JobReport } from './parts.js';

/** What jobs need of the rest. */
export interface JobUpdateParts extends UpdateParts {
  readonly telemetry: Pick<Telemetry, 'audit' | 'jobRows' | 'jobEnded' | 'paceUsed'>;
}

/** One audit event for each row whose result stands and that was not just canceled; metrics of all; a line for what an operator must know. */
export function reportFor(parts: JobUpdateParts, log: (line: string) => void): JobReport {
  const { telemetry } = parts;
  const measure = (rows: Counts) => {
    for (const [outcome, count] of Object.entries(rows)) if (count > 0) telemetry.jobRows(outcome, count);
  };
  return {
    chunk: ({ job, header, firstRow, rows, before, results, attempts }) => {
      const call = callOf(header, parts);
      measure(countRows(results));
      results.forEach(({ outcome, code }, index) => {
        const [update, was] = [rows[index], before[index]];
        if (update === undefined || outcome === 'canceled') return;
        const ended = { outcome, problem: code as Code | undefined, attempts, job: { id: job, row: firstRow + index } };
        auditUpdate(
          parts,
          { ...update, before: typeof was === 'object' ? (was ?? undefined) : undefined, ...ended },
          call,
        );
      });
    },
    ended: (job, state, rows) => {
      measure(rows);
      telemetry.jobEnded(state);
      log(line({ job, state }));
    },
    paceUsed: telemetry.paceUsed,
    dropped: () => {
      log('Warning: a message in the queue of jobs was none of ours, and was dropped.');
    },
    givenUp: (job) => {
      log(`Error: a job was given up, because it got nowhere for too long. ${line({ job })}`);
    },
    storageFailed: (job, error) => {
      const reason = error instanceof Error ? error.message : 'unknown';
      log(
        `Warning: a turn of a job ended early, because storage failed; it goes on by itself. ${line({ job, reason })}`,
      );
    },
  };
}

function line(values: Readonly<Record<string, string>>): string {
  return JSON.stringify(values);
}
