import type { Caller } from '../auth/caller.js';
import type { AttemptRecord, Journey } from '../graph/control.js';
import { problems, type Problem } from '../problem.js';
import { unfit } from '../resource/value.js';
import type { AuditEvent, Change } from '../telemetry/audit.js';
import type { Audit, Deps, Entry } from './call.js';

/** What is known of one call when it has ended. */
export interface Told {
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  readonly requestId: string;
  readonly journey: Journey;
  readonly audit: Audit;
  entry?: Entry;
  caller?: Caller;
  /** The id in the path, once it is known to be one. */
  id?: string;
  problem?: Problem;
}

const resource = 'model-performance';

/** Hands over what an operator and an auditor want to know of a call. Nobody waits for it. */
export function report({ telemetry, config }: Deps, told: Told): void {
  const target = new URL(config.graph.root).host;
  for (const attempt of told.journey.attempts) {
    telemetry.attempt(told.journey, {
      ...attempt,
      name: `${attempt.method} ${resource}`,
      target,
      success: attempt.failure === undefined,
    });
  }
  if (told.entry?.role !== 'none' && told.entry?.audited) telemetry.audit(told.journey, auditEvent(told));
}

/** One event for each update that a caller asked for; one that the product itself refused is marked. */
function auditEvent({ startMs, requestId, journey, audit, caller, id, problem }: Told): AuditEvent {
  const writes = journey.attempts.filter(isWrite);
  return {
    startMs,
    durationMs: Date.now() - startMs,
    caller: caller && { applicationId: caller.appId, objectId: caller.objectId ?? '', roles: caller.roles },
    resource,
    resourceId: id ?? '',
    changes: changesOf(audit),
    outcome: problem?.outcome ?? 'applied',
    problem: problem?.code,
    refused: problem !== undefined && problems[problem.code].status < 500 && journey.attempts.length === 0,
    requestId,
    graphRequestIds: writes.flatMap(({ graphRequestId }) => graphRequestId ?? []),
    attempts: writes.length,
  };
}

const isWrite = ({ method }: AttemptRecord) => method !== 'GET';

function changesOf({ wanted = {}, before }: Audit): Change[] {
  return Object.entries(wanted).map(([property, to]) => {
    const from = before?.[property];
    return before === undefined || from === unfit ? { property, to } : { property, from, to };
  });
}
