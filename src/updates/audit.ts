import type { Call } from '../call.js';
import type { Attempt } from '../graph/attempt.js';
import type { GraphObject } from '../graph/objects.js';
import { problems, type Code, type Outcome } from '../problem.js';
import type { Changes } from '../resource/parse.js';
import { unfit } from '../resource/value.js';
import type { Change } from '../telemetry/audit.js';
import { quietly } from '../telemetry/exception.js';
import type { UpdateParts } from './parts.js';

/** An update that has ended, however it did. */
export interface EndedUpdate {
  readonly id: string;
  /** Empty when it was refused before its body was read. */
  readonly changes: Changes;
  /** The object before the write; undefined where it is not known. */
  readonly before?: GraphObject | undefined;
  readonly outcome: 'applied' | Outcome;
  readonly problem?: Code | undefined;
  /** The job and the number of its row, where the update is one. */
  readonly job?: { readonly id: string; readonly row: number } | undefined;
  /** Requests of this update, its reads too. */
  readonly attempts: readonly Attempt[];
}

/** One event for each update, also for one that was refused. Nobody waits for it, and it never throws. */
export function auditUpdate(
  { telemetry, resource }: Pick<UpdateParts, 'telemetry' | 'resource'>,
  ended: EndedUpdate,
  call: Call,
): void {
  call.audited += 1;
  const { id, outcome, problem, attempts, job } = ended;
  const { startMs, requestId, caller } = call;
  const writes = attempts.filter((attempt) => attempt.writes);
  quietly(() => {
    telemetry.audit(call, {
      startMs,
      durationMs: Date.now() - startMs,
      caller: caller && { applicationId: caller.appId, objectId: caller.objectId ?? '', roles: caller.roles },
      name: resource.event,
      resource: resource.name,
      resourceId: id,
      changes: changesOf(ended),
      outcome,
      problem,
      refused: problem !== undefined && problems[problem].status < 500 && attempts.length === 0,
      requestId,
      job,
      graphRequestIds: writes.flatMap(({ graphRequestId }) => graphRequestId ?? []),
      attempts: writes.length,
    });
  });
}

function changesOf({ changes, before }: EndedUpdate): Change[] {
  return Object.entries(changes).map(([property, to]) => {
    const from = before?.[property];
    return before === undefined || from === unfit ? { property, to } : { property, from, to };
  });
}
