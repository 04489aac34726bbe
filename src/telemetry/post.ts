import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.js';
import type { DropCause } from './drops.js';
import { openOutbox, type Outbox } from './outbox.js';

/** How the last sending ended; `ended` is the thread itself, and another one follows. */
export type Sending = 'not yet' | 'delivered' | 'waiting' | 'refused' | 'ended';

export interface PostOptions {
  /** Starts the thread, when there is something to send; called again when that one has died. */
  readonly connect: () => Connection;
  /** Between the first record and the start of the thread, whose loading then competes with nobody's first answer. */
  readonly startDelayMs: number;
  /** Between the death of a thread and the start of the next: whatever killed it may be there still. */
  readonly restartDelayMs: number;
  /** Between two sendings. */
  readonly intervalMs: number;
  /** Events and dependencies that wait at most. */
  readonly limit: number;
  /** Told how many records were lost, and why. */
  readonly dropped: (cause: DropCause, count: number) => void;
  /** Told when nothing waits any more and the last batch arrived; what it adds is sent with it. */
  readonly delivered: () => void;
}

/** Takes records at once and sends them later, in order, in batches. Nobody waits for it and it never throws. */
export interface Post {
  readonly add: Outbox['add'];
  readonly measure: Outbox['measure'];
  readonly sending: () => Sending;
  /** Sends what waits, for at most so many milliseconds; what is left then is lost. Later records are lost too. */
  readonly close: (limitMs: number) => Promise<void>;
}

/** A wait that the service asks for is believed up to this. */
const longestWaitMs = 300_000;

export function openPost(options: PostOptions): Post {
  const { connect, startDelayMs, restartDelayMs, intervalMs, limit, dropped, delivered } = options;
  const outbox = openOutbox(limit, (count) => {
    dropped('room', count);
  });
  let connection: Connection | undefined;
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<number> | undefined;
  let last: Sending = 'not yet';
  let state: 'open' | 'closing' | 'closed' = 'open';

  /** Sends batch after batch until nothing waits or one has to wait; resolves with the pause until the next sending. */
  async function send(): Promise<number> {
    connection ??= connect();
    started = true;
    let fine = false;
    let measuredAtMs = performance.now();
    // Measures go once an interval, however long a flood of the others takes, and at the end of each sending.
    const measures = () => {
      measuredAtMs = performance.now();
      return outbox.takeMeasures();
    };
    const next = () => {
      const batch = (performance.now() - measuredAtMs >= intervalMs ? measures() : undefined) ?? outbox.take();
      if (batch !== undefined) return batch;
      if (fine) delivered();
      return measures();
    };
    for (let batch = next(); batch !== undefined; batch = next()) {
      const { again, refused, retryAfterMs = 0 } = await connection.send(batch.records);
      last = again ? 'waiting' : refused === 0 ? 'delivered' : refused === Infinity ? 'ended' : 'refused';
      if (again) {
        outbox.putBack(batch);
        return Math.min(Math.max(intervalMs, retryAfterMs), longestWaitMs);
      }
      fine = refused === 0;
      if (!fine) dropped(causeOf(refused), Math.min(refused, batch.records.length));
      if (state === 'open' && connection.ended()) {
        connection = undefined;
        return restartDelayMs;
      }
    }
    return intervalMs;
  }

  /** All of a batch is refused by a thread that has ended: by itself, or because time was up. */
  function causeOf(refused: number): DropCause {
    if (refused !== Infinity) return 'refused';
    return state === 'open' ? 'thread' : 'late';
  }

  function sendOnce(): Promise<number> {
    // A thread that could not be started may be startable later; until then the outbox keeps what it has room for.
    sending ??= send()
      .catch(() => intervalMs)
      .finally(() => {
        sending = undefined;
      });
    return sending;
  }

  function schedule(delayMs: number): void {
    timer = setTimeout(() => {
      void sendOnce().then((pauseMs) => {
        timer = undefined;
        if (state === 'open' && outbox.size() > 0) schedule(pauseMs);
      });
    }, delayMs);
    timer.unref();
  }

  function wake(): void {
    if (state === 'open' && timer === undefined) schedule(started ? intervalMs : startDelayMs);
  }

  return {
    sending: () => last,
    add: (record) => {
      if (state === 'closed') dropped('late', 1);
      else outbox.add(record);
      wake();
    },
    measure: (...given) => {
      if (state === 'closed') dropped('late', 1);
      else outbox.measure(...given);
      wake();
    },
    close: async (limitMs) => {
      state = 'closing';
      clearTimeout(timer);
      if (sending !== undefined || outbox.size() > 0) {
        const limit = new AbortController();
        const over = pause(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
        await Promise.race([sendRest(), over]);
        limit.abort();
      }
      // Whatever is still under way now is refused by the thread that is gone, and counted.
      await connection?.close();
      await sending;
      state = 'closed';
      if (outbox.size() > 0) dropped('late', outbox.size());
    },
  };

  /** The sending that is under way, and one more for what came meanwhile. */
  async function sendRest(): Promise<void> {
    await sending;
    await sendOnce();
  }
}
