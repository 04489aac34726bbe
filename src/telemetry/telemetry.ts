import { randomUUID } from 'node:crypto';
import { auditTexts, type AuditEvent } from './audit.js';
import { startThread } from './connection.js';
import { tellError } from './exception.js';
import { openPost, type Sending } from './post.js';
import type { MeasureRecord, Parent } from './records.js';

/** One request to Graph, after it ended. */
export interface GraphAttempt {
  /** What it was for, such as `PATCH model-performance`: never an id, a path or a query. */
  readonly name: string;
  readonly method: string;
  /** Host that was asked. */
  readonly target: string;
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Left out when no answer came. */
  readonly status?: number | undefined;
  readonly success: boolean;
  /** Number of the attempt, from 1, and the wait before it. */
  readonly attempt: number;
  readonly waitMs: number;
  readonly graphRequestId?: string | undefined;
  readonly graphCode?: string | undefined;
  /** Code of the problem that it would be, when it failed. */
  readonly failure?: string | undefined;
}

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
  readonly attempt: (parent: Parent, attempt: GraphAttempt) => void;
  readonly tokenCall: (parent: Parent, call: TokenCall) => void;
  readonly audit: (parent: Parent, event: AuditEvent) => void;
  /** An error that nobody foresaw (F39). */
  readonly exception: (parent: Parent, error: unknown) => void;
  /** Graph showed a value that is not of the property's type (F29). */
  readonly drift: (property: string) => void;
  /** Records that were lost so far: no room, refused for good, or too late. */
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
  /** Told how many records were lost since it was told last, at most once in `dropsReportMs`. */
  readonly reportDrops: (count: number) => void;
  /** For tests: records that wait in one lane, 5 000 by default; first and next starts of the thread; time for one sending. */
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
  dropped: () => 0,
  sending: () => 'off',
  close: () => Promise.resolve(),
};

/** Telemetry for Application Insights. Nothing is loaded and no thread started before the first record. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { connectionString, identityClientId, samplingPercent, sendTimeoutMs = 10_000 } = options;
  const drops = { all: 0, untold: 0, unmeasured: 0 };
  let telling: NodeJS.Timeout | undefined;

  function tell(): void {
    clearTimeout(telling);
    telling = undefined;
    if (drops.untold > 0) options.reportDrops(drops.untold);
    drops.untold = 0;
  }

  function dropped(count: number): void {
    drops.all += count;
    drops.untold += count;
    drops.unmeasured += count;
    telling ??= setTimeout(tell, options.dropsReportMs).unref();
  }

  /** Losses are measured once everything arrives again; before, the measure would only be the next loss. */
  function delivered(): void {
    const lost = drops.unmeasured;
    drops.unmeasured = 0;
    if (lost > 0) measure('sum', 'telemetryDropped', lost);
  }

  const post = openPost({
    connect: () =>
      startThread({ connectionString, identityClientId, samplingPercent, sendTimeoutMs }, options.environment),
    startDelayMs: options.startDelayMs ?? 1_000,
    restartDelayMs: options.restartDelayMs ?? 60_000,
    intervalMs: options.intervalMs,
    limit: options.limit ?? 5_000,
    dropped,
    delivered,
  });
  const measure = (kind: MeasureRecord['kind'], name: string, value: number, texts: MeasureRecord['texts'] = {}) => {
    post.add('measures', { kind, name, value, texts });
  };

  return {
    attempt: (
      { traceparent },
      { name, method, target, startMs, durationMs, status, success, attempt, waitMs, ...more },
    ) => {
      post.add('dependencies', {
        kind: 'dependency',
        ...{ traceparent, name, method, target, startMs, durationMs, status, success },
        texts: {
          graphRequestId: more.graphRequestId ?? '',
          graphCode: more.graphCode ?? '',
          failure: more.failure ?? '',
        },
        numbers: { attempt, waitMs },
      });
      if (status === 429) measure('sum', 'graphThrottles', 1);
      if (waitMs > 0) measure('distribution', 'graphWaitMs', waitMs);
    },
    tokenCall: ({ traceparent }, { target, startMs, durationMs, success }) => {
      post.add('dependencies', {
        kind: 'dependency',
        ...{ traceparent, name: 'GET token', method: 'GET', target, startMs, durationMs, status: undefined, success },
        texts: {},
        numbers: {},
      });
      measure('sum', 'tokenRefreshes', 1, { success: String(success) });
    },
    audit: ({ traceparent }, event) => {
      const { startMs, durationMs, attempts, outcome, problem = '' } = event;
      post.add('events', {
        kind: 'event',
        traceparent,
        name: 'ModelPerformanceUpdated',
        atMs: startMs + durationMs,
        // A batch whose answer got lost is sent again: the id shows the double.
        texts: { eventId: randomUUID(), ...auditTexts(event) },
        numbers: { durationMs, attempts },
      });
      measure('sum', 'updates', 1, { outcome, problem });
      if (attempts > 0) measure('distribution', 'attemptsPerUpdate', attempts);
    },
    exception: ({ traceparent }, error) => {
      const { type, frames, code } = tellError(error);
      const texts = { code };
      post.add('events', {
        kind: 'exception',
        traceparent,
        name: type,
        atMs: Date.now(),
        stack: frames,
        texts,
        numbers: {},
      });
    },
    drift: (property) => {
      measure('sum', 'schemaDrift', 1, { property });
    },
    dropped: () => drops.all,
    sending: post.sending,
    close: async (limitMs) => {
      await post.close(limitMs);
      tell();
    },
  };
}
