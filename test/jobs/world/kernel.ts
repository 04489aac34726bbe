import type { Time } from '../../../src/jobs/parts.js';

/** A program on one machine of the simulated world. Whatever it awaits never comes back once it is dead. */
export interface Process {
  readonly name: string;
  /** Faults strike workers alone. */
  readonly worker: boolean;
  /** How far its own clock is from the world's. */
  readonly skewMs: number;
  alive: boolean;
  stalledUntilMs: number;
  readonly closing: AbortController;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Virtual time with chance from a seed: the same seed gives the same world. The product's own code runs in it, promises and all; only
 * what it waits for is decided here.
 */
export class Kernel {
  nowMs = 0;
  events = 0;
  readonly random: () => number;
  #heap: Event[] = [];
  #order = 0;

  constructor(seed: number) {
    this.random = seeded(seed);
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.random();
  }

  at(atMs: number, run: () => void): void {
    const event = { atMs: Math.max(atMs, this.nowMs), order: this.#order++, run };
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !before(event, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  /** Lets the world go on until then, or until it has stopped by itself. */
  async run(untilMs: number, stopped: () => boolean = () => false): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      if (stopped()) return;
      this.#pop();
      this.nowMs = next.atMs;
      this.events++;
      next.run();
      await settled();
    }
    if (!stopped()) this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** Resolves after so long; later when the process stalls meanwhile, never when it dies, at once when the signal ends it. */
  sleep(process: Process, waitMs: number, ends?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let over = false;
      const end = () => {
        if (over || !process.alive) return;
        if (process.stalledUntilMs > this.nowMs) {
          this.at(process.stalledUntilMs, end);
          return;
        }
        over = true;
        ends?.removeEventListener('abort', end);
        resolve();
      };
      if (ends?.aborted) this.at(this.nowMs, end);
      else ends?.addEventListener('abort', end);
      this.at(this.nowMs + waitMs, end);
    });
  }

  timeOf(process: Process): Time {
    return {
      monotonicMs: () => this.nowMs,
      wallMs: () => epochMs + this.nowMs + process.skewMs,
      wait: (waitMs, ends) => this.sleep(process, Math.max(1, Math.ceil(waitMs)), ends),
    };
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && before(right, left)) child++;
      const least = heap[child];
      if (least === undefined || !before(least, last)) break;
      heap[index] = least;
      index = child;
    }
    heap[index] = last;
  }
}

/** Begin of every world, in milliseconds since 1970. */
export const epochMs = Date.UTC(2026, 0, 1);

/** Everything that could go on has gone on: promises have been followed to where they wait for the world. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const before = (a: Event, b: Event) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
