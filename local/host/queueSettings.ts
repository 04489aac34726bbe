import { availableParallelism } from 'node:os';
import { isObject, readHostJson } from './settings.js';

/** How queue triggers run. Names and meanings are those of host.json; the last three cannot be set in the real host. */
export interface QueueSettings {
  readonly batchSize: number;
  /** The next batch is fetched when no more than so many messages are being worked on. */
  readonly newBatchThreshold: number;
  readonly maxPollingIntervalMs: number;
  /** How long a message stays invisible after a failure. */
  readonly retrySeconds: number;
  readonly maxDequeueCount: number;
  readonly messageEncoding: 'base64' | 'none';
  /** `undefined` for no limit. */
  readonly functionTimeoutMs: number | undefined;
  /** How long a message is locked while its function runs; renewed at half of it. */
  readonly lockSeconds: number;
  /** How long running invocations have after the signal to stop. */
  readonly stopLimitMs: number;
}

/** Instead of what host.json or the real host says, so that a test need not wait minutes. */
export type QueueOverrides = Partial<QueueSettings>;

const defaultFunctionTimeout = '00:30:00';

/** `extensions.queues` and `functionTimeout` of host.json with the real host's defaults. @throws Error that names a value it cannot use */
export function readQueueSettings(root: string, overrides: QueueOverrides): QueueSettings {
  const host = readHostJson(root);
  const extensions = isObject(host.extensions) ? host.extensions : {};
  const queues = isObject(extensions.queues) ? extensions.queues : {};
  const batchSize = wholeNumber('batchSize', queues.batchSize ?? 16, 1, 32);
  const newBatchThreshold = queues.newBatchThreshold ?? Math.floor(batchSize / 2) * availableParallelism();
  const encoding = queues.messageEncoding ?? 'base64';
  if (encoding !== 'base64' && encoding !== 'none') throw refused('messageEncoding', '"base64" or "none"');
  return {
    batchSize,
    newBatchThreshold: wholeNumber('newBatchThreshold', newBatchThreshold, 0, 10_000),
    maxPollingIntervalMs: timeSpanMs('maxPollingInterval', queues.maxPollingInterval ?? '00:01:00'),
    retrySeconds: timeSpanMs('visibilityTimeout', queues.visibilityTimeout ?? '00:00:00') / 1000,
    maxDequeueCount: wholeNumber('maxDequeueCount', queues.maxDequeueCount ?? 5, 1, 10_000),
    messageEncoding: encoding,
    functionTimeoutMs:
      host.functionTimeout === '-1'
        ? undefined
        : timeSpanMs('functionTimeout', host.functionTimeout ?? defaultFunctionTimeout),
    lockSeconds: 600,
    stopLimitMs: 10_000,
    ...overrides,
  };
}

function wholeNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw refused(name, `a whole number from ${least} to ${most}`);
}

/** A .NET time span, `[d.]hh:mm:ss[.fff]`, in milliseconds. */
function timeSpanMs(name: string, value: unknown): number {
  const form = /^(?:(?<days>\d+)\.)?(?<hours>\d\d?):(?<minutes>[0-5]?\d):(?<seconds>[0-5]?\d(?:\.\d{1,7})?)$/;
  const parts = form.exec(String(value))?.groups;
  if (!parts) throw refused(name, 'a time span such as "00:00:30"');
  const hours = Number(parts.days ?? 0) * 24 + Number(parts.hours);
  return Math.round(((hours * 60 + Number(parts.minutes)) * 60 + Number(parts.seconds)) * 1000);
}

const refused = (name: string, wanted: string) => new Error(`host.json: "${name}" must be ${wanted}.`);
