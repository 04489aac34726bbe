import type { Code, Outcome } from '../problem.js';

/** One property of an update, before and after. */
export interface Change {
  readonly property: string;
  /** Left out when the value before the write is not known. */
  readonly from?: unknown;
  readonly to: unknown;
}

/** One update that a caller asked for, applied or not: what an auditor reads. The only record that holds submitted values. */
export interface AuditEvent {
  /** Begin of the call, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Undefined when the call was refused before its token was believed. */
  readonly caller?:
    { readonly applicationId: string; readonly objectId: string; readonly roles: readonly string[] } | undefined;
  /** What the event is called. */
  readonly name: string;
  /** Kind of the resource, and the id in the path if it could be one. */
  readonly resource: string;
  readonly resourceId: string;
  /** Empty when no valid body was read. */
  readonly changes: readonly Change[];
  readonly outcome: 'applied' | Outcome;
  /** Type of the problem that the caller was told. */
  readonly problem?: Code | undefined;
  /** The product refused it, and nothing was sent to Graph. */
  readonly refused: boolean;
  readonly requestId: string;
  /** The job and the number of its row, from 1, where the update is one. */
  readonly job?: { readonly id: string; readonly row: number } | undefined;
  readonly graphRequestIds: readonly string[];
  /** Attempts at the write. */
  readonly attempts: number;
}

/** Longest text of a value: ours are at most 256 code points, and an event's field has room for 8 KiB. */
const textLimit = 512;

/** The event's fields. `changes` is JSON: each property with `to`, and `from` or `"fromKnown": false`. */
export function auditTexts(event: AuditEvent): Record<string, string> {
  const { caller, resource, resourceId, changes, outcome, problem, refused, requestId, job } = event;
  return {
    callerApplicationId: caller?.applicationId ?? '',
    callerObjectId: caller?.objectId ?? '',
    callerRoles: caller?.roles.join(' ') ?? '',
    resource,
    resourceId,
    properties: changes.map(({ property }) => property).join(' '),
    changes: JSON.stringify(changes.map(field)),
    outcome,
    problem: problem ?? '',
    refused: String(refused),
    requestId,
    graphRequestIds: event.graphRequestIds.join(' '),
    jobId: job?.id ?? '',
    row: job === undefined ? '' : String(job.row),
  };
}

function field({ property, to, ...old }: Change): object {
  return 'from' in old
    ? { property, fromKnown: true, from: short(old.from), to: short(to) }
    : { property, fromKnown: false, to: short(to) };
}

/** Values are texts, numbers and null; what else an object of Graph's may hold is named and not kept. */
function short(value: unknown): unknown {
  if (typeof value === 'string') return value.length > textLimit ? `${value.slice(0, textLimit)}…` : value;
  return typeof value === 'object' && value !== null ? '(not a value)' : value;
}
