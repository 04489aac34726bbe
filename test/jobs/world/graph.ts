import type { Row } from '../../../src/jobs/job.js';
import type { JobGraph } from '../../../src/jobs/parts.js';
import type { RowAttempt, Value } from '../../../src/updates/many.js';
import { Problem } from '../../../src/problem.js';
import type { Process } from './kernel.js';
import type { World } from './world.js';

/** The one property that rows of the simulated world have. */
export const property = 'modelDeviceCount';

/** Which row of which job it is travels with it, so that the world knows what it sees. */
export interface TaggedRow extends Row {
  readonly place: { readonly job: string; readonly row: number };
}

/** Values over time of every object. */
export class SimulatedGraph {
  readonly history = new Map<string, { readonly sinceMs: number; readonly value: number }[]>();
  readonly missing = new Set<string>();
  readonly unreadable = new Set<string>();
  /** Writes in the window: those of jobs, and all. */
  #all: { readonly atMs: number; readonly count: number }[] = [];
  throttledJobs = 0;
  throttledOthers = 0;
  sentRows = 0;
  fullestWindow = 0;
  #jobs: { readonly atMs: number; readonly count: number }[] = [];
  firstSendMs: number | undefined;
  lastSendMs = 0;

  constructor(readonly world: World) {}

  valueOf(id: string, atMs = Infinity): number {
    const values = this.history.get(id) ?? [];
    return values.findLast(({ sinceMs }) => sinceMs <= atMs)?.value ?? 0;
  }

  set(id: string, value: number): void {
    const values = this.history.get(id) ?? [{ sinceMs: -Infinity, value: 0 }];
    this.history.set(id, [...values, { sinceMs: this.world.nowMs, value }]);
  }

  /** Whether an object showed a value at any moment of a time. */
  held(id: string, value: number, fromMs: number, toMs: number): boolean {
    const values = this.history.get(id) ?? [{ sinceMs: -Infinity, value: 0 }];
    return values.some(
      (one, index) => one.value === value && one.sinceMs <= toMs && (values[index + 1]?.sinceMs ?? Infinity) >= fromMs,
    );
  }

  /** Counts writes. @returns how many of them were too many */
  #take(count: number, jobs: boolean): number {
    const { nowMs, ground } = this.world;
    const inWindow = ({ atMs }: { atMs: number }) => atMs > nowMs - ground.windowMs;
    const sum = (writes: readonly { count: number }[]) => writes.reduce((all, write) => all + write.count, 0);
    this.#all = this.#all.filter(inWindow);
    const over = Math.max(0, count - Math.max(0, ground.quota - sum(this.#all)));
    this.#all.push({ atMs: nowMs, count });
    if (jobs) {
      this.#jobs = [...this.#jobs.filter(inWindow), { atMs: nowMs, count }];
      this.fullestWindow = Math.max(this.fullestWindow, sum(this.#jobs));
      this.throttledJobs += over;
    } else this.throttledOthers += over;
    return over;
  }

  /** A single update beside the jobs. */
  single(id: string, value: number): void {
    if (this.#take(1, false) === 0) this.set(id, value);
  }

  for(process: Process): JobGraph {
    return {
      readMany: (ids) => this.#read(process, ids),
      writeMany: (rows) => this.#write(process, rows as readonly TaggedRow[]),
    };
  }

  async #read(process: Process, ids: readonly string[]): Promise<Value[]> {
    const { world } = this;
    const { ground } = world;
    if (world.graphIsAway()) {
      await world.sleep(process, 1_000);
      return ids.map(() => undefined);
    }
    const halfMs = (ground.readMs * world.between(0.7, 1.3)) / 2;
    await world.sleep(process, halfMs);
    const values = ids.map((id): Value => {
      if (this.unreadable.has(id) || world.happens(ground.unreadable)) return undefined;
      if (this.missing.has(id)) return 'not-found';
      const lagMs = ground.lagMs > 0 && world.random() < ground.lags ? world.between(0, ground.lagMs) : 0;
      return { id, [property]: this.valueOf(id, world.nowMs - lagMs) };
    });
    await world.sleep(process, halfMs);
    return values;
  }

  /** Once it has left, it runs whatever becomes of the process that sent it. */
  async #write(process: Process, rows: readonly TaggedRow[]): ReturnType<JobGraph['writeMany']> {
    const { world } = this;
    const { ground } = world;
    world.sends(process, rows);
    this.firstSendMs ??= world.nowMs;
    this.lastSendMs = world.nowMs;
    this.sentRows += rows.length;
    const travelMs = world.between(20, 150);
    const tookMs = ground.batchMs * world.between(0.9, 1.1);
    const [neverArrives, answerLost, fails] = [
      world.happens(ground.envelopeLost / 2),
      world.happens(ground.envelopeLost / 2),
      world.happens(ground.envelope503),
    ];
    const lost = { rows: rows.map(() => ambiguous('graph-timeout')), lost: true, attempts: [] };
    if (world.graphIsAway()) {
      await world.sleep(process, 1_000);
      return { rows: rows.map(() => neverSent()), lost: true, attempts: [] };
    }
    if (neverArrives) {
      await world.sleep(process, world.between(100, 35_000));
      return lost;
    }
    const attempts: RowAttempt[] = [];
    world.at(world.nowMs + travelMs, () => {
      const over = ground.counts === 'arrival' ? this.#take(rows.length, true) : 0;
      rows.forEach((row, index) => {
        world.at(world.nowMs + (fails ? 0 : world.between(0, tookMs)), () => {
          const tooMany = ground.counts === 'arrival' ? index >= rows.length - over : this.#take(1, true) > 0;
          attempts[index] = this.#writeRow(row, tooMany);
        });
      });
    });
    await world.sleep(process, Math.min(35_000, tookMs + 2 * travelMs));
    if (fails || answerLost || tookMs + travelMs > 35_000) return lost;
    return { rows: rows.map((_, index) => attempts[index] ?? ambiguous('graph-timeout')), lost: false, attempts: [] };
  }

  #writeRow(row: TaggedRow, tooMany: boolean): RowAttempt {
    const { world } = this;
    const { ground } = world;
    const value = Number(row.changes[property]);
    if (tooMany || world.happens(ground.throttled) || world.throttlesAll()) {
      const waitMs = Math.floor(world.between(5, 25)) * 1000;
      const problem = new Problem('graph-throttled');
      return { kind: 'throttled', problem, ...(world.random() < ground.namesWait && { retryAfterMs: waitMs }) };
    }
    if (this.missing.has(row.id)) return refused('not-found');
    if (world.happens(ground.refused) || world.refusesAll()) return refused('rejected-by-graph');
    const apply = () => {
      this.set(row.id, value);
      world.applied(row);
    };
    if (world.happens(ground.failed)) {
      if (world.random() < 0.5) apply();
      return ambiguous('graph-error');
    }
    if (world.happens(ground.missing)) {
      if (world.random() < 0.5) apply();
      return ambiguous('graph-error');
    }
    if (world.happens(ground.unseen)) {
      if (world.random() < 0.5) apply();
      return { kind: 'ambiguous', problem: new Problem('update-unverified', 'unknown'), retry: 'never' };
    }
    apply();
    return { kind: 'applied', object: { id: row.id, [property]: value } };
  }
}

function ambiguous(code: 'graph-timeout' | 'graph-error'): RowAttempt {
  return { kind: 'ambiguous', problem: new Problem(code, 'unknown'), retry: 'yes' };
}

function neverSent(): RowAttempt {
  return { kind: 'throttled', problem: new Problem('graph-unreachable') };
}

function refused(code: 'rejected-by-graph' | 'not-found'): RowAttempt {
  return { kind: 'refused', problem: new Problem(code) };
}
