import { isUtf8 } from 'node:buffer';
import type { DequeuedMessageItem } from '@azure/storage-queue';
import { bodyProperties } from './binding.js';
import type { TypedData } from './protocol.js';

export type Message = DequeuedMessageItem;

/** The bytes of a message, or nothing when they are not in the encoding that host.json names: the function then never sees it. */
export function decodeMessage(text: string, encoding: 'base64' | 'none'): Buffer | undefined {
  if (encoding === 'none') return Buffer.from(text);
  // As .NET reads base64: white space is skipped, padding is a must.
  const dense = text.replace(/[ \t\r\n]/g, '');
  const valid = dense.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(dense);
  return valid ? Buffer.from(dense, 'base64') : undefined;
}

/** The text that the function gets; the library then parses what is JSON. @throws Error for bytes that are not UTF-8 */
export function readText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Error('The message is not valid UTF-8.');
  return bytes.toString().replace(/^\uFEFF/, '');
}

/**
 * The trigger metadata of a message. The properties of a JSON body stand among them and win over the message's own, whatever their case;
 * the first spelling stays. The library makes the names camelCase.
 */
export function queueMetadata(message: Message, text: string): Record<string, TypedData> {
  const own: Record<string, TypedData> = {
    QueueTrigger: { string: text },
    DequeueCount: { json: String(message.dequeueCount) },
    ExpirationTime: { json: time(message.expiresOn) },
    Id: { json: JSON.stringify(message.messageId) },
    InsertionTime: { json: time(message.insertedOn) },
    NextVisibleTime: { json: time(message.nextVisibleOn) },
    PopReceipt: { json: JSON.stringify(message.popReceipt) },
  };
  for (const [name, data] of bodyProperties(Buffer.from(text))) {
    const held = Object.keys(own).find((known) => known.toLowerCase() === name.toLowerCase());
    own[held ?? name] = data;
  }
  return own;
}

/** .NET's round-trip form without fractions: `2026-11-25T22:07:46+00:00`, as JSON. */
const time = (date: Date) => JSON.stringify(`${date.toISOString().slice(0, 19)}+00:00`);
