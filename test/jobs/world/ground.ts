/** What the simulated world is like; every scenario overrides some of it. Shares are in [0, 1], of each occasion. */
export interface Ground {
  /** Writes that Graph takes in one window, and what counts as one: a batch as it arrives, or each of its items when it is done. */
  readonly quota: number;
  readonly windowMs: number;
  readonly counts: 'arrival' | 'items';
  readonly batchMs: number;
  readonly readMs: number;
  /** How old what a read shows may be, and how often. */
  readonly lagMs: number;
  readonly lags: number;
  /** Half of what a storage call takes. */
  readonly latencyMs: readonly [least: number, most: number];
  readonly storageFails: number;
  readonly answerLost: number;
  /** A whole process stands still for a while; one thing that it does takes very long. */
  readonly stalls: number;
  readonly delays: number;
  readonly crashes: number;
  readonly crash: 'machine' | 'process';
  readonly restartMs: readonly [least: number, most: number];
  readonly workers: number;
  readonly skewsMs: readonly number[];
  /** Faults end then. */
  readonly faultsUntilMs: number;
  readonly throttled: number;
  readonly failed: number;
  readonly missing: number;
  readonly refused: number;
  /** A success that does not show the values. */
  readonly unseen: number;
  readonly envelopeLost: number;
  readonly envelope503: number;
  readonly unreadable: number;
  /** Share of throttling that names a wait. */
  readonly namesWait: number;
}

export const calm: Ground = {
  quota: 100,
  windowMs: 20_000,
  counts: 'arrival',
  batchMs: 2_000,
  readMs: 600,
  lagMs: 0,
  lags: 0.5,
  latencyMs: [5, 30],
  storageFails: 0,
  answerLost: 0,
  stalls: 0,
  delays: 0,
  crashes: 0,
  crash: 'machine',
  restartMs: [5_000, 60_000],
  workers: 2,
  skewsMs: [],
  faultsUntilMs: 0,
  throttled: 0,
  failed: 0,
  missing: 0,
  refused: 0,
  unseen: 0,
  envelopeLost: 0,
  envelope503: 0,
  unreadable: 0,
  namesWait: 0.5,
};
