import { waited } from './queueLock.js';
import type { Message } from './queueMessage.js';
import { workOn, type Worked } from './queueWork.js';

/** Fetches the messages of one queue for one function. */
export interface Listener {
  /** As the real host: what runs has its time, new messages are begun meanwhile; what is cut off then stays locked. */
  readonly stop: () => Promise<void>;
}

const leastPollMs = 100;

/** How long the end waits for a poll that is under way, so that what it brings is not left locked. */
const lastPollLimitMs = 1000;

/** How long to wait after so many polls in a row that found nothing: from 0.1 s on, doubling, with a fifth of chance, up to the limit. */
export function pollDelayMs(emptyPolls: number, limitMs: number, random: number): number {
  const doubled = leastPollMs * (2 ** Math.min(emptyPolls, 30) - 1);
  return Math.min(limitMs, leastPollMs + doubled * (0.8 + 0.4 * random));
}

/** Polls until it is stopped: a batch, at once the next one as long as few enough run, waiting longer and longer while there is nothing. */
export function listen(worked: Worked): Listener {
  const { app, called, queue, settings } = worked;
  const running = new Set<Promise<void>>();
  const ending = new AbortController();
  const ended = () => ending.signal.aborted;
  const begin = (message: Message) => {
    const work = workOn(message, worked)
      .catch((error: unknown) => {
        app.log(
          'error',
          called.name,
          `Message ${message.messageId} stays locked, because the queue failed: ${String(error)}`,
        );
      })
      .finally(() => running.delete(work));
    running.add(work);
  };

  const polling = (async () => {
    let emptyPolls = 0;
    let troubled = false;
    while (!ended()) {
      let messages: readonly Message[] = [];
      try {
        const asked = { numberOfMessages: settings.batchSize, visibilityTimeout: settings.lockSeconds };
        ({ receivedMessageItems: messages } = await queue.receiveMessages(asked));
        troubled = false;
      } catch (error) {
        if (!troubled)
          app.log('warning', called.name, `Queue ${queue.name} cannot be read, trying again: ${String(error)}`);
        troubled = true;
      }
      if (ended()) {
        await Promise.all(messages.map((one) => queue.updateMessage(one.messageId, one.popReceipt, undefined, 0)));
        return;
      }
      messages.forEach(begin);
      while (running.size > settings.newBatchThreshold) await Promise.race(running);
      if (messages.length > 0) emptyPolls = 0;
      else await waited(pollDelayMs(emptyPolls++, settings.maxPollingIntervalMs, Math.random()), ending.signal);
    }
  })();

  return {
    stop: async () => {
      const until = performance.now() + settings.stopLimitMs;
      const late = new AbortController();
      for (let leftMs = settings.stopLimitMs; running.size > 0 && leftMs > 0; leftMs = until - performance.now())
        await Promise.race([...running, waited(leftMs, late.signal)]);
      ending.abort();
      await Promise.race([polling, waited(lastPollLimitMs, late.signal)]);
      late.abort();
    },
  };
}
