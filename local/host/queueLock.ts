import { setTimeout as pause } from 'node:timers/promises';
import type { QueueClient } from '@azure/storage-queue';
import type { Message } from './queueMessage.js';

/** Keeps a message invisible while its function runs. */
export interface Lock {
  /** Ends the renewals. @returns the receipt that is valid now */
  readonly end: () => Promise<string>;
}

/**
 * Renews at half of the lock's time; after a failure at half of what is left. Goes on no longer when the message is gone or somebody else's.
 * @param lost told why the lock cannot be kept
 */
export function keepLocked(
  queue: QueueClient,
  message: Message,
  lockSeconds: number,
  lost: (why: unknown) => void,
): Lock {
  let { popReceipt } = message;
  const ending = new AbortController();
  const renewing = (async () => {
    let waitMs = lockSeconds * 500;
    while (await waited(waitMs, ending.signal)) {
      try {
        ({ popReceipt = popReceipt } = await queue.updateMessage(
          message.messageId,
          popReceipt,
          undefined,
          lockSeconds,
        ));
        waitMs = lockSeconds * 500;
      } catch (error) {
        lost(error);
        if (isGone(error)) return;
        waitMs /= 2;
      }
    }
  })();
  return {
    end: async () => {
      ending.abort();
      await renewing;
      return popReceipt;
    },
  };
}

/** The message was deleted, or came to somebody else: its receipt is of no use any more. */
export function isGone(error: unknown): boolean {
  const { statusCode } = error as { statusCode?: number };
  return statusCode === 404 || statusCode === 400;
}

/** Waits. @returns whether it was not aborted */
export async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(ms, undefined, { signal }).then(
    () => true,
    () => false,
  );
}
