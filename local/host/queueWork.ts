import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { QueueClient } from '@azure/storage-queue';
import type { App, RegisteredFunction } from './core.js';
import { invoke } from './invocation.js';
import { isGone, keepLocked, waited } from './queueLock.js';
import { decodeMessage, queueMetadata, readText, type Message } from './queueMessage.js';
import type { QueueSettings } from './queueSettings.js';

/** A function with its queue. */
export interface Worked {
  readonly app: App;
  readonly called: RegisteredFunction;
  readonly queue: QueueClient;
  /** A function on a poison queue has none of its own. */
  readonly poisonQueue: QueueClient | undefined;
  readonly settings: QueueSettings;
  /** Called when a function ran longer than it may: the real host then ends the worker with everything in it. */
  readonly timedOut: () => void;
}

/**
 * One message from its delivery to its end: run under a lock that is renewed, then deleted; after a failure shown again later, at the last
 * time copied to the poison queue. What cannot be decoded, or has come too often already, goes there without being run.
 */
export async function workOn(message: Message, worked: Worked): Promise<void> {
  const { queue, settings } = worked;
  const bytes = decodeMessage(message.messageText, settings.messageEncoding);
  if (bytes === undefined || message.dequeueCount > settings.maxDequeueCount) {
    await toPoison(message, message.popReceipt, worked);
    return;
  }
  const lock = keepLocked(queue, message, settings.lockSeconds, (why) => {
    worked.app.log(
      'warning',
      worked.called.name,
      `The lock of message ${message.messageId} was not renewed: ${String(why)}`,
    );
  });
  const outcome = await run(message, bytes, worked);
  const popReceipt = await lock.end();
  if (outcome === 'done') await queue.deleteMessage(message.messageId, popReceipt).catch(unlessGone);
  else if (message.dequeueCount >= settings.maxDequeueCount) await toPoison(message, popReceipt, worked);
  else if (worked.poisonQueue)
    await queue.updateMessage(message.messageId, popReceipt, undefined, settings.retrySeconds).catch(unlessGone);
  if (outcome === 'timed out') worked.timedOut();
}

async function run(message: Message, bytes: Buffer, worked: Worked): Promise<'done' | 'failed' | 'timed out'> {
  const { app, called, settings } = worked;
  try {
    const text = readText(bytes);
    const call = invoke(app, called, {
      invocationId: randomUUID(),
      inputData: [{ name: called.triggerName, data: { string: text } }],
      triggerMetadata: queueMetadata(message, text),
      traceContext: { traceParent: '', traceState: '' },
    });
    if (!(await within(settings.functionTimeoutMs, call))) {
      app.log(
        'error',
        called.name,
        `Timed out: it ran longer than functionTimeout (${settings.functionTimeoutMs} ms).`,
      );
      return 'timed out';
    }
    return 'done';
  } catch (error) {
    app.log('error', called.name, `Failed: ${inspect(error)}`);
    return 'failed';
  }
}

/** Whether the call has ended in time; rejects as it does. */
async function within(limitMs: number | undefined, call: Promise<unknown>): Promise<boolean> {
  if (limitMs === undefined) return call.then(() => true);
  const ended = new AbortController();
  const late = waited(limitMs, ended.signal).then(() => false);
  try {
    return await Promise.race([call.then(() => true), late]);
  } finally {
    ended.abort();
  }
}

/** The same bytes as a new message, with a new id and the usual seven days to live. Without a poison queue it stays as locked as it is. */
async function toPoison(
  message: Message,
  popReceipt: string,
  { app, called, queue, poisonQueue }: Worked,
): Promise<void> {
  if (!poisonQueue) return;
  app.log(
    'warning',
    called.name,
    `Message ${message.messageId} failed ${message.dequeueCount} times or cannot be decoded: moved to ${poisonQueue.name}.`,
  );
  await poisonQueue.createIfNotExists();
  await poisonQueue.sendMessage(message.messageText);
  await queue.deleteMessage(message.messageId, popReceipt).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!isGone(error)) throw error;
}
