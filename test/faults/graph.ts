import type { Code, Outcome } from '../../src/problem.js';

/** What a caller gets when one fault of Graph meets every attempt of an update, and what it does to reads. */
export interface GraphRow {
  /** Id in the emulator's table of faults. */
  readonly id: string;
  /** The problem; absent where the update succeeds all the same. */
  readonly fails?: Code;
  /** What the problem says became of the update. */
  readonly outcome?: Outcome;
  /** Attempts that reach Graph, of at most three. More than one means that the fault is overcome when it goes away. */
  readonly writes: 1 | 2 | 3;
  /** Reads that look for the values after the last write. */
  readonly readBacks?: 1 | 2;
  /** Least wait between two writes, in milliseconds. */
  readonly waitMs?: number;
  /** The wait that the answer tells, in seconds: exactly, or at least. */
  readonly retryAfterSeconds?: number | { readonly least: number };
  /** Each write comes on a connection of its own. */
  readonly freshConnections?: true;
  /** What the caller hears when Graph had stored the write before it answered so; absent where it stores none, or its own part. */
  readonly stored?: 'applied' | 'unknown';
  /** What the caller hears when the reads that look for the values fail as well, and how many there are. */
  readonly blind?: { readonly fails: Code; readonly readBacks: 1 | 2 };
  /** What a read of one object says; absent where it succeeds. */
  readonly read?: Code | undefined;
  /** What a page of the list says, and the rest of one that a cursor leads to; absent where they succeed. */
  readonly page?: Code | undefined;
  readonly rest?: Code | undefined;
  /** What an update says whose read before the write met this; absent where it goes on. */
  readonly afterRead?: Code;
}

/** What reads say. */
const reads = (read?: Code, page = read, rest = page) => ({ read, page, rest });

const throttled = { fails: 'graph-throttled', outcome: 'not-applied', ...reads('graph-throttled') } as const;
/** Without a wait of Graph's own: the length of Intune's window is told. */
const backedOff = { ...throttled, writes: 3, waitMs: 2, retryAfterSeconds: 20 } as const;
const told = { ...throttled, writes: 3, waitMs: 2000, retryAfterSeconds: 2 } as const;
const dated = { ...told, waitMs: 1900, retryAfterSeconds: { least: 2 } } as const;
const tooFar = { ...throttled, writes: 1, afterRead: 'graph-throttled' } as const;
const refused = (fails: Code) => ({ fails, outcome: 'not-applied', writes: 1, ...reads(fails) }) as const;
const rejected = {
  ...refused('rejected-by-graph'),
  ...reads('rejected-by-graph', 'rejected-by-graph', 'invalid-query'),
} as const;
const unavailable = {
  fails: 'graph-unavailable',
  outcome: 'unknown',
  writes: 3,
  freshConnections: true,
  stored: 'unknown',
  ...reads('graph-unavailable'),
} as const;
const failed = { fails: 'graph-error', outcome: 'unknown', stored: 'unknown', ...reads('graph-error') } as const;
const failedTwice = { ...failed, writes: 2, waitMs: 2 } as const;
const looked = (fails: Code) =>
  ({
    fails,
    outcome: 'unknown',
    readBacks: 1,
    stored: 'applied',
    blind: { fails, readBacks: 1 },
    ...reads(fails),
  }) as const;
const timedOut = { ...looked('graph-timeout'), writes: 3 } as const;
const lost = looked('graph-connection-lost');
/** Graph accepts the write and its answer cannot be used: a look shows the values. */
const readBack = {
  writes: 1,
  readBacks: 1,
  blind: { fails: 'update-unverified', readBacks: 2 },
  ...reads('graph-error'),
} as const;
/** As `readBack`; reads are as always. */
const writeOnly = { ...readBack, ...reads() } as const;
const notVisible = { fails: 'update-not-visible', outcome: 'unknown', writes: 1 } as const;
/** The answer shows other values: it was readable, and a wait comes before the only look. */
const otherValues = { ...notVisible, readBacks: 1, blind: { fails: 'update-not-visible', readBacks: 1 } } as const;

/** Sections A and B of `docs/FAULTS.md`, one row for each way in which the emulator can play a fault. */
export const graphRows: readonly GraphRow[] = [
  { id: 'F01', ...told },
  { id: 'F01-gzip', ...told },
  { id: 'F02-future', ...dated },
  { id: 'F02-past', ...backedOff },
  { id: 'F02-far', ...tooFar, retryAfterSeconds: { least: 315_000_000 } },
  { id: 'F02-rfc850', ...dated },
  { id: 'F02-asctime', ...dated },
  { id: 'F03', ...backedOff },
  { id: 'F03-nested', ...told },
  { id: 'F03-nested-twice', ...told },
  { id: 'F04-abc', ...backedOff },
  { id: 'F04-negative', ...backedOff },
  { id: 'F04-exponent', ...backedOff },
  { id: 'F04-hex', ...backedOff },
  { id: 'F04-25-days', ...backedOff },
  { id: 'F04b-list', ...told },
  { id: 'F04b-lines', ...told },
  { id: 'F04b-decimal', ...told },
  { id: 'F05', ...tooFar, retryAfterSeconds: 3600 },
  { id: 'F06', ...unavailable, waitMs: 2 },
  { id: 'F06-wait', ...unavailable, waitMs: 2000, retryAfterSeconds: 2 },
  { id: 'F07-502', ...failed, writes: 3, waitMs: 2 },
  { id: 'F07-504', ...timedOut, waitMs: 2 },
  { id: 'F07-408', ...timedOut, waitMs: 2 },
  { id: 'F08-500', ...failedTwice },
  { id: 'F08-internal', ...failedTwice },
  { id: 'F08-unknown', ...failedTwice },
  { id: 'F08-case', ...failedTwice },
  { id: 'F08-nested', ...failedTwice },
  { id: 'F08-nested-twice', ...failedTwice },
  { id: 'F08-empty', ...failedTwice },
  { id: 'F08-html', ...failedTwice },
  { id: 'F08-reset', ...failedTwice },
  { id: 'F08-fin', ...failedTwice },
  { id: 'F08-hang', ...failedTwice },
  { id: 'F08-large', ...failedTwice },
  { id: 'F08-bytes', ...failedTwice },
  { id: 'F08-gzip', ...failedTwice },
  { id: 'F10', ...refused('graph-rejected-credentials') },
  { id: 'F11-role', ...refused('graph-permission-missing') },
  { id: 'F11-licence', ...refused('graph-permission-missing') },
  {
    id: 'F12',
    ...refused('operation-not-supported-by-graph'),
    ...reads('not-found', 'graph-error'),
    afterRead: 'not-found',
  },
  { id: 'F13-409', ...refused('conflict') },
  { id: 'F13-412', ...refused('conflict') },
  { id: 'F13-423', ...refused('conflict') },
  { id: 'F14', ...refused('operation-not-supported-by-graph') },
  { id: 'F14-message', ...refused('operation-not-supported-by-graph') },
  { id: 'F14-nested', ...refused('operation-not-supported-by-graph') },
  { id: 'F14-405', ...refused('operation-not-supported-by-graph') },
  { id: 'F14-501', ...refused('operation-not-supported-by-graph') },
  { id: 'F15-400', ...rejected },
  { id: 'F15-422', ...rejected },
  { id: 'F16', ...otherValues, stored: 'applied' },
  { id: 'F16-partly', ...otherValues },
  { id: 'F16-rounded', writes: 1 },
  { id: 'F16-single', writes: 1 },
  { id: 'F16b-200-late', ...otherValues },
  {
    id: 'F16b-204-late',
    ...notVisible,
    readBacks: 2,
    blind: { fails: 'update-unverified', readBacks: 2 },
  },
  { id: 'F17-204', ...readBack },
  { id: 'F17-201', ...writeOnly },
  { id: 'F17-202', ...writeOnly },
  { id: 'F17-207', ...writeOnly },
  { id: 'F17-other-id', ...readBack, page: undefined, rest: undefined },
  { id: 'F17-gzip', ...readBack },
  { id: 'F17-empty', ...readBack },
  { id: 'F17-html', ...readBack },
  { id: 'F17-malformed', ...readBack },
  { id: 'F17-null', ...readBack },
  { id: 'F17-truncated', ...readBack },
  { id: 'F17-truncated-close', ...readBack },
  { id: 'F17-huge', ...readBack, page: undefined, rest: undefined },
  { id: 'F17-wrapped', writes: 1 },
  { id: 'F18-same', ...refused('graph-redirected') },
  { id: 'F18-302', ...refused('graph-redirected') },
  { id: 'F18-other', ...refused('graph-redirected') },
  {
    id: 'F18-303',
    fails: 'graph-redirected',
    outcome: 'unknown',
    writes: 1,
    stored: 'unknown',
    ...reads('graph-redirected'),
  },
  { id: 'F19-406', ...failed, writes: 1 },
  { id: 'F19-413', ...failed, writes: 1 },
  { id: 'F19-414', ...failed, writes: 1 },
  { id: 'F19-415', ...failed, writes: 1 },
  { id: 'F19-418', ...failed, writes: 1 },
  { id: 'F19-999', ...failed, writes: 1 },
  { id: 'F19-1xx', ...failed, writes: 1 },
  { id: 'F19-1xx-endless', ...failed, writes: 1 },
  { id: 'F19-101', ...lost, writes: 3 },
  { id: 'F19-099', ...failed, writes: 1 },
  { id: 'F20-html', ...failedTwice },
  { id: 'F20-html-503', ...unavailable, waitMs: 2 },
  { id: 'F20-once', ...rejected },
  { id: 'F20-twice', ...refused('graph-permission-missing') },
  { id: 'F23-reset', ...lost, writes: 3, waitMs: 2 },
  { id: 'F23-fin', ...lost, writes: 3, waitMs: 2 },
  {
    id: 'F23-stale',
    fails: 'graph-connection-lost',
    outcome: 'unknown',
    writes: 3,
    readBacks: 1,
    waitMs: 2,
    blind: { fails: 'graph-connection-lost', readBacks: 1 },
    ...reads('graph-connection-lost'),
  },
  { id: 'F24-ok', ...readBack },
  { id: 'F24-error', ...unavailable, waitMs: 2 },
  { id: 'F25', ...timedOut, waitMs: 2 },
  { id: 'F25-late', ...timedOut, waitMs: 2 },
  { id: 'F26', ...readBack },
  { id: 'F26-error', ...unavailable, waitMs: 2 },
  { id: 'F27', ...readBack },
  { id: 'F27-error', ...unavailable, waitMs: 2 },
  ...['F28-garbage', 'F28-chunk', 'F28-both', 'F28-header'].map(
    (id) => ({ id, ...lost, writes: 2, waitMs: 2 }) as const,
  ),
];
