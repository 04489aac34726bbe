import type { Pace } from '../../../src/graph/pace.js';
import { folderOf, headerName, jobIdOf, readMessage, type Ended, type Header } from '../../../src/jobs/job.js';
import type { JobLimits } from '../../../src/jobs/config.js';
import type { JobParts } from '../../../src/jobs/parts.js';
import { runPoisoned } from '../../../src/jobs/poison.js';
import type { ChunkRecord } from '../../../src/jobs/record.js';
import { runTurn } from '../../../src/jobs/turn.js';
import { modelPerformance } from '../../../src/resource/modelPerformance.js';
import { SimulatedGraph, property, type TaggedRow } from './graph.js';
import { calm, type Ground } from './ground.js';
import { Kernel, epochMs, type Process } from './kernel.js';
import { storageFor, type QueuedMessage, type StoredBlob } from './storage.js';

/** The contract's limits. */
export const limits: JobLimits = {
  chunksAtOnce: 8,
  maxAttempts: 3,
  retentionMs: 30 * 86_400_000,
  leaseMs: 60_000,
  renewMs: 15_000,
  quietMs: 40_000,
  heirMs: 75_000,
  lookMs: 70_000,
  turnMs: 600_000,
  barrenMs: 1_800_000,
  barrenTurns: 10,
  poisonMs: 300_000,
  poisonTries: 6,
  nudgeMs: 300_000,
  shutdownMs: 4_000,
  lateMs: 1_000,
  valuesMs: 30_000,
  blockMs: 10_000,
  mostBlockMs: 60_000,
  freeMs: 1_500_000,
  lookAgainMs: [0, 1_000, 3_000, 8_000, 15_000],
};

/** The platform: how long a message is locked, what comes after a failure, how many deliveries there are. */
const platform = {
  lockMs: 600_000,
  renewMs: 300_000,
  afterFailureMs: 30_000,
  deliveries: 5,
  atOnce: 24,
  pollMs: 2_000,
};

/** The storage tells its time in whole seconds, so what an instance makes of it may be behind by so much. */
const clocksMs = 2_000;

export type Fault = 'crash' | 'fail' | 'lost' | undefined;

/** A fault at one step of everything that happens, and perhaps another at a later one. */
export interface Injected {
  readonly step: number;
  readonly what: 'crash' | 'fail' | 'lost' | 'stall';
  readonly then?: { readonly step: number; readonly what: 'crash' | 'fail' | 'lost' | 'stall' };
}

/** What is known of a job from outside. */
export interface Truth {
  readonly job: string;
  readonly key: string;
  readonly rows: readonly TaggedRow[];
  submittedMs: number;
  /** Status that the submitter was answered with last. */
  answer?: number;
  /** A 201 was given: the job has to end. */
  accepted: boolean;
  endedMs?: number;
  /** What the rows were told to be at that moment. */
  toldAtEnd?: readonly string[];
  /** How often each row was applied, and when it left for the first time. */
  readonly applied: number[];
  readonly sentMs: number[];
  /** When the result of a chunk was written. */
  readonly toldMs: number[];
  mostDone: number;
}

/** Machines, storage, platform and Graph, in virtual time. */
export class World extends Kernel {
  readonly ground: Ground;
  readonly headers = new Map<string, StoredBlob>();
  readonly data = new Map<string, StoredBlob>();
  readonly messages = new Map<string, QueuedMessage>();
  readonly graph = new SimulatedGraph(this);
  readonly truths = new Map<string, Truth>();
  readonly lies: string[] = [];
  readonly outages: { fromMs: number; toMs: number; service: 'all' | 'blob' | 'queue'; share: number }[] = [];
  /** Until when everybody waits, as it stood from then on. */
  readonly blocks: { readonly sinceMs: number; readonly untilMs: number }[] = [];
  readonly operations = { blob: 0, queue: 0 };
  /** Operations of storage that fail as long as this says so. */
  fails: RegExp | undefined;
  readonly leaseMs = limits.leaseMs;
  readonly running = new Map<Process, Map<QueuedMessage, string>>();
  /** Everything that can be struck, in order. */
  step = 0;
  steps: string[] | undefined;
  injected: Injected | undefined;
  storageFailures = 0;
  givenUp = 0;
  refusesFromMs = Infinity;
  throttlesFromMs = Infinity;
  graphAwayMs: readonly [from: number, to: number] = [Infinity, Infinity];
  onCallerCrash: (process: Process) => void = () => undefined;
  #ids = 0;

  constructor(
    seed: number,
    ground: Partial<Ground> = {},
    readonly limits_: Partial<JobLimits> = {},
  ) {
    super(seed);
    this.ground = { ...calm, ...ground };
    for (let index = 0; index < this.ground.workers; index++)
      this.startWorker(`W${index}`, this.ground.skewsMs[index] ?? 0);
  }

  newId(kind: string): string {
    return `${kind}${++this.#ids}`;
  }

  // Faults

  faulty(): boolean {
    return this.nowMs < this.ground.faultsUntilMs;
  }

  /** Whether something that is only to happen while faults are on happens now. */
  happens(share: number): boolean {
    return share > 0 && this.faulty() && this.random() < share;
  }

  delay({ worker }: Process): number {
    return worker && this.happens(this.ground.delays) ? this.between(5_000, 120_000) : 0;
  }

  isDown(service: 'blob' | 'queue'): boolean {
    return this.outages.some(
      ({ fromMs, toMs, service: which, share }) =>
        this.nowMs >= fromMs && this.nowMs < toMs && (which === 'all' || which === service) && this.random() < share,
    );
  }

  graphIsAway(): boolean {
    return this.nowMs >= this.graphAwayMs[0] && this.nowMs < this.graphAwayMs[1];
  }

  refusesAll(): boolean {
    return this.nowMs > this.refusesFromMs;
  }

  throttlesAll(): boolean {
    return this.nowMs > this.throttlesFromMs;
  }

  faultAt(process: Process, label: string, when: 'before' | 'after'): Fault {
    const step = this.step++;
    this.steps?.push(`${process.name} ${label} ${when}`);
    const injected = [this.injected, this.injected?.then].find((one) => one?.step === step);
    if (injected?.what === 'stall') {
      process.stalledUntilMs = this.nowMs + 100_000;
      return undefined;
    }
    if (injected !== undefined) return injected.what;
    if (!this.faulty()) return undefined;
    const { crashes, storageFails, answerLost, stalls } = this.ground;
    if (process.worker && this.happens(crashes)) return 'crash';
    if (process.worker && this.happens(stalls)) process.stalledUntilMs = this.nowMs + this.between(5_000, 120_000);
    if (when === 'before' && this.happens(storageFails)) return 'fail';
    return when === 'after' && this.happens(answerLost) ? 'lost' : undefined;
  }

  /** A crash ends the process for good; a stall is over after its time. */
  async strike(process: Process, fault: Fault): Promise<void> {
    if (fault === 'crash') this.kill(process);
    if (!process.alive || process.stalledUntilMs > this.nowMs) await this.sleep(process, 0);
  }

  count(service: 'blob' | 'queue'): void {
    this.operations[service]++;
  }

  // Processes

  startWorker(name: string, skewMs: number): Process {
    const process = this.newProcess(name, true, skewMs);
    this.running.set(process, new Map());
    return process;
  }

  /** An instance that takes a caller's call. */
  newProcess(name: string, worker = false, skewMs = 0): Process {
    return { name, worker, skewMs, alive: true, stalledUntilMs: 0, closing: new AbortController() };
  }

  kill(process: Process, kind = this.ground.crash, backMs?: number): void {
    if (!process.alive) return;
    process.alive = false;
    if (!process.worker) {
      this.onCallerCrash(process);
      return;
    }
    const inflight = this.running.get(process) ?? new Map<QueuedMessage, string>();
    this.running.delete(process);
    for (const [message, held] of inflight) {
      if (message.receipt !== held) continue;
      if (kind === 'machine' || message.queue === 'poison') this.#lockRunsOut(message);
      else this.#failed(message);
    }
    const back = backMs ?? this.between(...this.ground.restartMs);
    this.at(this.nowMs + back, () => this.startWorker(`${process.name}'`, process.skewMs));
  }

  /** The platform ends an instance in order: what runs has ten seconds. */
  drain(process: Process): void {
    process.closing.abort();
    this.at(this.nowMs + 10_000, () => {
      this.kill(process, 'machine', 1_000);
    });
  }

  partsOf(process: Process): JobParts {
    const storage = storageFor(this, process);
    return {
      storage,
      graph: this.graph.for(process),
      limits: { ...limits, ...this.limits_ },
      rate: { rows: 80, windowMs: this.ground.windowMs },
      resource: modelPerformance,
      tolerance: 1e-6,
      time: this.timeOf(process),
      tempo: {},
      closing: process.closing.signal,
      report: {
        chunk: () => undefined,
        ended: () => undefined,
        paceUsed: () => undefined,
        dropped: () => undefined,
        givenUp: () => this.givenUp++,
        storageFailed: () => this.storageFailures++,
      },
    };
  }

  // The queue and the platform's listener

  enqueue(queue: 'main' | 'poison', body: object, delayMs: number): QueuedMessage {
    const message: QueuedMessage = {
      id: this.newId('m'),
      receipt: '',
      ...{ queue, body, dequeued: 0, sinceMs: 0, visibleMs: 0 },
    };
    this.messages.set(message.id, message);
    this.hide(message, this.nowMs + delayMs);
    return message;
  }

  hide(message: QueuedMessage, visibleMs: number): void {
    message.receipt = this.newId('r');
    message.visibleMs = visibleMs;
    const { receipt } = message;
    this.at(visibleMs + this.between(50, platform.pollMs), () => {
      this.#deliver(message, receipt);
    });
  }

  #deliver(message: QueuedMessage, receipt: string): void {
    const { id, queue } = message;
    if (this.messages.get(id) !== message || message.receipt !== receipt || message.visibleMs > this.nowMs) return;
    const ready = [...this.running].filter(
      ([process, inflight]) => process.stalledUntilMs <= this.nowMs && inflight.size < platform.atOnce,
    );
    const [process, inflight] = ready[Math.floor(this.random() * ready.length)] ?? [];
    if (this.isDown('queue') || process === undefined || inflight === undefined) {
      this.at(this.nowMs + this.between(1_000, platform.pollMs), () => {
        this.#deliver(message, receipt);
      });
      return;
    }
    message.dequeued++;
    message.receipt = this.newId('r');
    message.sinceMs = this.nowMs;
    message.visibleMs = this.nowMs + platform.lockMs;
    if (message.dequeued > platform.deliveries) {
      this.messages.delete(id);
      if (queue === 'main') this.enqueue('poison', message.body, 0);
      return;
    }
    const held = message.receipt;
    inflight.set(message, held);
    const parsed = readMessage(JSON.parse(JSON.stringify(message.body)));
    if (parsed === undefined) throw new Error('The product sent a message that it does not read.');
    const parts = this.#partsByProcess(process);
    const ended = (failed: boolean) => {
      if (!process.alive) return;
      inflight.delete(message);
      if (this.messages.get(id) !== message || message.receipt !== held) return;
      if (!failed && !this.isDown('queue')) this.messages.delete(id);
      else if (!failed || queue === 'poison') this.#lockRunsOut(message);
      else this.#failed(message);
    };
    (queue === 'main' ? runTurn : runPoisoned)(parsed, parts).then(
      () => {
        ended(false);
      },
      (error: unknown) => {
        if (error instanceof Error && error.name !== 'StorageFailed')
          this.lies.push(`unforeseen: ${String(error.stack)}`);
        ended(true);
      },
    );
  }

  readonly #parts = new WeakMap<Process, JobParts>();

  #partsByProcess(process: Process): JobParts {
    const parts = this.#parts.get(process) ?? this.partsOf(process);
    this.#parts.set(process, parts);
    return parts;
  }

  #failed(message: QueuedMessage): void {
    if (message.dequeued < platform.deliveries) this.hide(message, this.nowMs + platform.afterFailureMs);
    else {
      this.messages.delete(message.id);
      this.enqueue('poison', message.body, 0);
    }
  }

  /** The lock was renewed every five minutes while its holder lived. */
  #lockRunsOut(message: QueuedMessage): void {
    const renewals = Math.floor((this.nowMs - message.sinceMs) / platform.renewMs);
    this.hide(message, message.sinceMs + renewals * platform.renewMs + platform.lockMs);
  }

  // What is true

  addJob(key: string, rows: readonly { readonly id: string; readonly value: number }[]): Truth {
    const job = jobIdOf(callerOf(key), key);
    const truth: Truth = {
      ...{ job, key, submittedMs: this.nowMs, accepted: false, mostDone: 0 },
      rows: rows.map(({ id, value }, row) => ({ id, changes: { [property]: value }, place: { job, row } })),
      applied: rows.map(() => 0),
      sentMs: rows.map(() => Infinity),
      toldMs: [],
    };
    this.truths.set(job, truth);
    return truth;
  }

  headerOf(job: string): Header | undefined {
    const blob = this.headers.get(headerName(job));
    return blob && (JSON.parse(blob.text) as Header);
  }

  sends(process: Process, rows: readonly TaggedRow[]): void {
    for (const { place } of rows) {
      const truth = this.truths.get(place.job);
      const header = this.headerOf(place.job);
      if (truth === undefined || header === undefined) throw new Error('A row of no job was sent.');
      truth.sentMs[place.row] = Math.min(this.nowMs, truth.sentMs[place.row] ?? Infinity);
      const lies = this.#liesOfSend(process, place, folderOf(place.job, header));
      this.lies.push(...lies.map((lie) => `${lie}: ${truth.key} row ${place.row}`));
    }
  }

  /** What must hold when a row is sent, whatever went wrong before: the last looks come after the record. */
  #liesOfSend(process: Process, { job, row }: TaggedRow['place'], folder: string): string[] {
    const chunk = this.data.get(`${folder}chunks/${Math.floor(row / 20)}`);
    if (chunk === undefined) return ['sent without record'];
    const lies = [];
    const { lease } = this.headers.get(headerName(job)) ?? {};
    if (lease?.holder !== process || lease.untilMs <= this.nowMs) lies.push('sent without the lease');
    const cancel = this.data.get(`${folder}cancel`);
    if (cancel && cancel.changedMs < chunk.changedMs) lies.push('sent after the cancel');
    if (process.closing.signal.aborted) lies.push('sent by an instance that ends');
    const block = this.blocks.findLast(({ sinceMs }) => sinceMs < chunk.changedMs);
    if (block && block.untilMs > this.nowMs + clocksMs) lies.push('sent while everybody waits');
    return lies;
  }

  applied({ place }: TaggedRow): void {
    const truth = this.truths.get(place.job);
    if (truth) truth.applied[place.row] = (truth.applied[place.row] ?? 0) + 1;
  }

  wrote(name: string): void {
    if (name === 'pace') {
      const { blockedUntilMs } = JSON.parse(this.data.get(name)?.text ?? '') as Pace;
      this.blocks.push({ sinceMs: this.nowMs, untilMs: blockedUntilMs - epochMs });
    }
    const [job = '', , kind = '', number = ''] = name.split('/');
    const truth = this.truths.get(job);
    if (truth === undefined) return;
    if (kind === 'ended') this.#ended(truth, name);
    if (kind === 'chunks' && this.data.get(name)?.metadata.applied !== undefined)
      truth.toldMs[Number(number)] ??= this.nowMs;
  }

  /** Takes down what was told when the job ended: it must never change. */
  #ended(truth: Truth, name: string): void {
    truth.endedMs = this.nowMs;
    const { told, rest } = JSON.parse(this.data.get(name)?.text ?? '') as Ended;
    truth.toldAtEnd = truth.rows.flatMap((_, row) => {
      if (row % 20 > 0) return [];
      const size = Math.min(20, truth.rows.length - row);
      const chunk = this.data.get(name.replace(/ended$/, `chunks/${row / 20}`));
      if (!told.includes(row / 20) || chunk === undefined) return Array<string>(size).fill(rest);
      return ((JSON.parse(chunk.text) as ChunkRecord).rows ?? []).map(({ outcome }) => outcome);
    });
  }

  allEnded(): boolean {
    return [...this.truths.values()].every(
      ({ job, endedMs }) => endedMs !== undefined || this.headerOf(job) === undefined,
    );
  }
}

export function callerOf(key: string) {
  const ids = { appId: `app of ${key}`, objectId: 'somebody' };
  return { ...ids, roles: ['ModelPerformance.Write'], delegated: false, scopes: [] };
}
