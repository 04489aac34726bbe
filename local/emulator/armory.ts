import Joi from 'joi';
import type { Fault, Place } from './act.js';
import { faults } from './faults.js';

/** A fault that waits for its requests. */
export interface ArmedFault {
  /** Id in the table of faults. */
  readonly fault: string;
  /** Only requests for this model; else any. */
  readonly model?: string;
  /** Else the row's own: PATCH for what concerns writes. An item of a batch counts with its own method. */
  readonly method?: 'GET' | 'PATCH' | 'POST' | 'any';
  /** How many requests get it: once by default; always when a rate is given. */
  readonly times?: number | 'always';
  /** Share of the matching requests that get it, 0 to 1; the others pass on to the next fault in the queue. */
  readonly rate?: number;
  /** Start of the pseudo-random numbers behind `rate`. The same seed strikes the same requests of a sequence. */
  readonly seed?: number;
  /** Whether Graph stores the write before it answers badly; else the row's own. */
  readonly applied?: boolean;
  /** Instead of the row's own wait in Retry-After. */
  readonly retryAfterSeconds?: number;
  /** Wait before the fault acts, in milliseconds; for rows that speak of it, their own measure. */
  readonly delayMs?: number;
  /** Life of the token that F32 gives. */
  readonly lifetimeSeconds?: number;
}

/** A fault that strikes now. */
export interface Drawn {
  readonly row: Fault;
  readonly armed: ArmedFault;
  readonly applied: boolean;
}

/** What a request is, to those who look for its fault. */
export interface Target {
  readonly on: Place;
  readonly method: string;
  readonly model?: string | undefined;
  readonly inBatch?: true;
}

interface Waiting extends Drawn {
  left: number;
  readonly random: () => number;
}

export interface Armory {
  /** Adds to the end of the queue. */
  readonly arm: (armed: ArmedFault, row: Fault) => void;
  /** The first fault in the queue that waits for such a request; one request gets one fault, and uses it up once. */
  readonly draw: (target: Target) => Drawn | undefined;
  /** What is still waiting, with the times that are left. */
  readonly armed: () => ArmedFault[];
  readonly clear: () => void;
}

export function openArmory(): Armory {
  let queue: Waiting[] = [];
  return {
    arm: (armed, row) => {
      const times = armed.times ?? (armed.rate === undefined ? 1 : 'always');
      queue.push({
        row,
        armed,
        applied: armed.applied ?? row.applied,
        left: times === 'always' ? Infinity : times,
        random: pseudoRandom(armed.seed ?? 1),
      });
    },
    draw: (target) => {
      const drawn = queue.find(
        (one) => waitsFor(one, target) && (one.armed.rate === undefined || one.random() < one.armed.rate),
      );
      if (!drawn) return undefined;
      drawn.left -= 1;
      if (drawn.left < 1) queue = queue.filter((one) => one !== drawn);
      return drawn;
    },
    armed: () => queue.map(({ armed, left }) => ({ ...armed, times: left === Infinity ? 'always' : left })),
    clear: () => {
      queue = [];
    },
  };
}

function waitsFor({ row, armed }: Waiting, { on, method, model, inBatch }: Target): boolean {
  const wanted = armed.method ?? row.method;
  if (row.on !== on || row.act.do === 'refuse') return false;
  if (row.act.do === 'leave out' && !inBatch) return false;
  return (wanted === 'any' || wanted === method) && (armed.model === undefined || armed.model === model);
}

/** Mulberry32: small, and the same numbers everywhere for the same seed. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const armedFault = Joi.object<ArmedFault>({
  fault: Joi.string()
    .valid(...faults.keys())
    .required(),
  model: Joi.string(),
  method: Joi.valid('GET', 'PATCH', 'POST', 'any'),
  times: Joi.alternatives(Joi.valid('always', Infinity), Joi.number().integer().min(1)),
  rate: Joi.number().min(0).max(1),
  seed: Joi.number().integer(),
  applied: Joi.boolean(),
  retryAfterSeconds: Joi.number().min(0),
  delayMs: Joi.number().min(0),
  lifetimeSeconds: Joi.number().integer(),
});
const armedFaults = Joi.array<ArmedFault[]>().items(armedFault);

/**
 * Reads one armed fault or a list of them.
 * @throws Error that names what is wrong, and all valid ids when the id is: also for a row that cannot be armed (F22)
 *   and for a condition that a process-wide row (F21) cannot heed
 */
export function readArmedFaults(value: unknown): { armed: ArmedFault; row: Fault }[] {
  const asked: unknown[] = Array.isArray(value) ? value : [value];
  const list: ArmedFault[] = Joi.attempt(asked, armedFaults, { convert: false, abortEarly: false });
  return list.map((armed) => {
    const row = faults.get(armed.fault);
    if (!row) throw new Error(`${armed.fault} is not in the table of faults.`);
    if (row.act.do === 'note') throw new Error(`${row.id} cannot be armed. ${row.description}`);
    const conditions = Object.keys(armed).filter((name) => name !== 'fault');
    if (row.act.do === 'refuse' && conditions.length > 0) {
      throw new Error(`${row.id} is for the whole emulator and takes no ${conditions.join(', ')}.`);
    }
    return { armed, row };
  });
}
