import type { Code, Outcome } from '../../src/problem.js';

/** What a caller gets when one fault of Graph meets every attempt of an update. */
export interface GraphRow {
  /** Id in the emulator's table of faults. */
  readonly id: string;
  /** The problem; absent where the update succeeds all the same. */
  readonly fails?: Code;
  /** What the problem says became of the update. */
  readonly outcome?: Outcome;
  /** Writes that reach Graph, of at most three. More than one means that the fault is overcome when it goes away. */
  readonly writes: 1 | 2 | 3;
  /** Reads that follow the last write. */
  readonly readBacks?: 1;
  /** Least wait between two writes, in milliseconds. */
  readonly waitMs?: number;
  /** The wait that the answer tells, in seconds: exactly, or at least. */
  readonly retryAfterSeconds?: number | { readonly least: number };
  /** Each write comes on a connection of its own. */
  readonly freshConnections?: true;
}

const throttled = { fails: 'graph-throttled', outcome: 'not-applied' } as const;
/** Without a wait of Graph's own: the length of Intune's window is told. */
const backedOff = { ...throttled, writes: 3, waitMs: 2, retryAfterSeconds: 20 } as const;
const told = { ...throttled, writes: 3, waitMs: 2000 } as const;
const refused = (fails: Code) => ({ fails, outcome: 'not-applied', writes: 1 }) as const;
const unavailable = { fails: 'graph-unavailable', outcome: 'unknown', writes: 3, freshConnections: true } as const;
const failed = { fails: 'graph-error', outcome: 'unknown' } as const;
const timedOut = { fails: 'graph-timeout', outcome: 'unknown', writes: 3, readBacks: 1 } as const;
const lost = { fails: 'graph-connection-lost', outcome: 'unknown', readBacks: 1 } as const;
const readBack = { writes: 1, readBacks: 1 } as const;

/** Sections A and B of `docs/FAULTS.md`, one row for each way in which the emulator can play a fault. */
export const graphRows: readonly GraphRow[] = [
  { id: 'F01', ...told, retryAfterSeconds: 2 },
  { id: 'F02-future', ...told, waitMs: 1900, retryAfterSeconds: { least: 2 } },
  { id: 'F02-past', ...backedOff },
  { id: 'F02-far', ...throttled, writes: 1, retryAfterSeconds: { least: 315_000_000 } },
  { id: 'F03', ...backedOff },
  { id: 'F03-nested', ...told, retryAfterSeconds: 2 },
  { id: 'F03-nested-twice', ...told, retryAfterSeconds: 2 },
  { id: 'F04-abc', ...backedOff },
  { id: 'F04-negative', ...backedOff },
  { id: 'F04-exponent', ...backedOff },
  { id: 'F04-hex', ...backedOff },
  { id: 'F04-list', ...backedOff },
  { id: 'F04-25-days', ...backedOff },
  { id: 'F05', ...throttled, writes: 1, retryAfterSeconds: 3600 },
  { id: 'F06', ...unavailable, waitMs: 2 },
  { id: 'F06-wait', ...unavailable, waitMs: 2000, retryAfterSeconds: 2 },
  { id: 'F07-502', ...failed, writes: 3, waitMs: 2 },
  { id: 'F07-504', ...timedOut, waitMs: 2 },
  { id: 'F07-408', ...timedOut, waitMs: 2 },
  { id: 'F08-500', ...failed, writes: 2, waitMs: 2 },
  { id: 'F08-internal', ...failed, writes: 2, waitMs: 2 },
  { id: 'F08-unknown', ...failed, writes: 2, waitMs: 2 },
  { id: 'F10', ...refused('graph-rejected-credentials') },
  { id: 'F11-role', ...refused('graph-permission-missing') },
  { id: 'F11-licence', ...refused('graph-permission-missing') },
  { id: 'F12', ...refused('not-found') },
  { id: 'F13-409', ...refused('conflict') },
  { id: 'F13-412', ...refused('conflict') },
  { id: 'F13-423', ...refused('conflict') },
  { id: 'F14', ...refused('operation-not-supported-by-graph') },
  { id: 'F15-400', ...refused('rejected-by-graph') },
  { id: 'F15-422', ...refused('rejected-by-graph') },
  { id: 'F16', fails: 'update-not-applied', outcome: 'not-applied', ...readBack },
  { id: 'F16-partly', fails: 'update-not-applied', outcome: 'unknown', ...readBack },
  { id: 'F16-rounded', writes: 1 },
  { id: 'F17-204', ...readBack },
  { id: 'F17-empty', ...readBack },
  { id: 'F17-html', ...readBack },
  { id: 'F17-malformed', ...readBack },
  { id: 'F17-null', ...readBack },
  { id: 'F17-truncated', ...readBack },
  { id: 'F17-truncated-close', ...readBack },
  { id: 'F17-huge', ...readBack },
  { id: 'F17-wrapped', writes: 1 },
  { id: 'F18-same', ...refused('graph-redirected') },
  { id: 'F18-302', ...refused('graph-redirected') },
  { id: 'F18-other', ...refused('graph-redirected') },
  { id: 'F18-303', fails: 'graph-redirected', outcome: 'unknown', writes: 1 },
  ...['F19-405', 'F19-406', 'F19-413', 'F19-414', 'F19-415', 'F19-418', 'F19-999'].map(
    (id) => ({ id, ...failed, writes: 1 }) as const,
  ),
  { id: 'F19-1xx', ...failed, writes: 1 },
  { id: 'F19-1xx-endless', ...failed, writes: 1 },
  { id: 'F19-101', ...lost, writes: 3 },
  { id: 'F19-099', ...failed, writes: 1 },
  { id: 'F20-html', ...failed, writes: 2, waitMs: 2 },
  { id: 'F20-html-503', ...unavailable, waitMs: 2 },
  { id: 'F20-once', ...refused('rejected-by-graph') },
  { id: 'F20-twice', ...refused('graph-permission-missing') },
  { id: 'F23-reset', ...lost, writes: 3, waitMs: 2 },
  { id: 'F23-fin', ...lost, writes: 3, waitMs: 2 },
  { id: 'F23-stale', ...lost, writes: 3, waitMs: 2 },
  { id: 'F24-ok', ...readBack },
  { id: 'F24-error', ...unavailable, waitMs: 2 },
  { id: 'F25', ...timedOut, waitMs: 2 },
  { id: 'F25-late', ...timedOut, waitMs: 2 },
  { id: 'F26', ...readBack },
  { id: 'F26-error', ...unavailable, waitMs: 2 },
  { id: 'F27', ...readBack },
  { id: 'F27-error', ...unavailable, waitMs: 2 },
  ...['F28-garbage', 'F28-chunk', 'F28-both', 'F28-header', 'F28-gzip'].map(
    (id) => ({ id, ...lost, writes: 2, waitMs: 2 }) as const,
  ),
];
