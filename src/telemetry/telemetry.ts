import { randomUUID } from 'node:crypto';
import type { Attempt } from '../graph/attempt.js';
import { auditTexts, type AuditEvent } from './audit.js';
import { startThread } from './connection.js';
import { openDrops } from './drops.js';
import { tellError } from './exception.js';
import { openPost, type Sending } from './post.js';
import type { Parent } from './records.js';

/** One request for a token, after it ended. */
export interface TokenCall {
  /** Host of the service that the token is for. */
  readonly target: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly success: boolean;
}

/** Everything that leaves this process for the operator. Each call is over at once, never throws, and is never waited for. */
export interface Telemetry {
  readonly attempt: (parent: Parent, attempt: Attempt) => void;
  readonly tokenCall: (parent: Parent, call: TokenCall) => void;
  readonly audit: (parent: Parent, event: AuditEvent) => void;
  /** An error that nobody foresaw (F39). */
  readonly exception: (parent: Parent, error: unknown) => void;
  /** Graph showed a value that is not of the property's type (F29). */
  readonly drift: (property: string) => void;
  /** Rows of jobs that have their result. */
  readonly jobRows: (outcome: string, rows: number) => void;
  readonly jobEnded: (status: string) => void;
  /** How much of the allowed rate jobs use, from 0 to 1. */
  readonly paceUsed: (share: number) => void;
  /** Records that were lost so far; measures of one kind are one record. */
  readonly dropped: () => number;
  /** How it goes at present; `off` without a connection string. */
  readonly sending: () => Sending | 'off';
  /** Sends what waits for at most so many milliseconds, and ends. */
  readonly close: (limitMs: number) => Promise<void>;
}

export interface TelemetryOptions {
  readonly connectionString: string;
  /** Client id of the managed identity with which ingestion is asked; without it the connection string has to do. */
  readonly identityClientId?: string | undefined;
  readonly samplingPercent: number;
  readonly intervalMs: number;
  readonly dropsReportMs: number;
  /** Environment of the telemetry thread. */
  readonly environment: Readonly<Record<string, string>>;
  /** Told one sentence on what was lost since it was told last, and why, at most once in `dropsReportMs`. */
  readonly reportDrops: (line: string) => void;
  /** For tests: events and dependencies that wait, 10 000 by default; first and next starts of the thread; time for one sending. */
  readonly limit?: number;
  readonly startDelayMs?: number;
  readonly restartDelayMs?: number;
  readonly sendTimeoutMs?: number;
}

/** Does nothing, for an app without a connection string (F36). */
export const noTelemetry: Telemetry = {
  attempt: () => undefined,
  tokenCall: () => undefined,
  audit: () => undefined,
  exception: () => undefined,
  drift: () => undefined,
  jobRows: () => undefined,
  jobEnded: () => undefined,
  paceUsed: () => undefined,
  dropped: () => 0,
  sending: () => 'off',
  close: () => Promise.resolve(),
};

/** Telemetry for Application Insights. Nothing is loaded and no thread started before the first record. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { connectionString, identityClientId, samplingPercent, sendTimeoutMs = 10_000 } = options;
  const drops = openDrops(options.dropsReportMs, options.reportDrops);
  const { add, measure, sending, close } = openPost({
    connect: () =>
      startThread({ connectionString, identityClientId, samplingPercent, sendTimeoutMs }, options.environment),
    startDelayMs: options.startDelayMs ?? 1_000,
    restartDelayMs: options.restartDelayMs ?? 60_000,
    intervalMs: options.intervalMs,
    limit: options.limit ?? 10_000,
    dropped: drops.add,
    // Losses are measured once everything arrives again; before, the measure would only be the next loss.
    delivered: () => {
      for (const [cause, count] of drops.takeUnmeasured()) measure('sum', 'telemetryDropped', count, { cause });
    },
  });

  /** Whatever a record is made of, its caller goes on. */
  function safely<Given extends unknown[]>(record: (...given: Given) => void) {
    return (...given: Given): void => {
      try {
        record(...given);
      } catch {
        drops.add('unreadable', 1);
      }
    };
  }

  return {
    attempt: safely(({ traceparent }, { attempt, waitMs, graphRequestId, graphCode, failure, ...request }) => {
      add({
        kind: 'dependency',
        traceparent,
        name: request.name,
        method: request.method,
        target: request.target,
        startMs: request.startMs,
        durationMs: request.durationMs,
        status: request.status,
        success: failure === undefined,
        texts: { graphRequestId: graphRequestId ?? '', graphCode: graphCode ?? '', failure: failure ?? '' },
        numbers: { attempt, waitMs },
      });
      if (request.status === 429) measure('sum', 'graphThrottles', 1, {});
      if (waitMs > 0) measure('distribution', 'graphWaitMs', waitMs, {});
    }),
    tokenCall: safely(({ traceparent }, call) => {
      const request = { name: 'GET token', method: 'GET', status: undefined };
      add({ kind: 'dependency', traceparent, ...request, ...call, texts: {}, numbers: {} });
      measure('sum', 'tokenRefreshes', 1, { success: String(call.success) });
    }),
    audit: safely(({ traceparent }, event) => {
      const { startMs, durationMs, attempts, outcome, problem = '' } = event;
      measure('sum', 'updates', 1, { outcome, problem });
      if (attempts > 0) measure('distribution', 'attemptsPerUpdate', attempts, {});
      add({
        kind: 'event',
        traceparent,
        name: event.name,
        atMs: startMs + durationMs,
        // A batch whose answer got lost is sent again: the id shows the double.
        texts: { eventId: randomUUID(), ...auditTexts(event) },
        numbers: { durationMs, attempts },
      });
    }),
    exception: safely(({ traceparent }, error) => {
      const { type, frames, code } = tellError(error);
      // Without any frames the library takes it for a message.
      const stack = frames || 'no frames';
      add({ kind: 'exception', traceparent, name: type, atMs: Date.now(), stack, texts: { code }, numbers: {} });
    }),
    drift: safely((property) => {
      measure('sum', 'schemaDrift', 1, { property });
    }),
    jobRows: safely((outcome, rows) => {
      measure('sum', 'jobRows', rows, { outcome });
    }),
    jobEnded: safely((status) => {
      measure('sum', 'jobsEnded', 1, { status });
    }),
    paceUsed: safely((share) => {
      measure('distribution', 'paceUsed', share, {});
    }),
    dropped: drops.all,
    sending,
    close: async (limitMs) => {
      await close(limitMs);
      drops.tell();
    },
  };
}
