import { ManagedIdentityCredential } from '@azure/identity';
import type { ContainerClient } from '@azure/storage-blob' with { 'resolution-mode': 'import' };
import type { QueueClient } from '@azure/storage-queue' with { 'resolution-mode': 'import' };
import { openLimit } from '../deadline.js';
import type { JobsConfig, StorageSettings } from './config.js';
import { StorageFailed, type Blobs, type Queue, type Storage } from './storage.js';

/** Containers and queue are made by the deployment: the app needs no right to make any. */
export const names = { jobs: 'jobs', data: 'job-data', queue: 'model-performance-jobs' } as const;

/**
 * Azure Storage by its own libraries, which are loaded at the first call and not before. Without settings of the storage every call fails.
 */
export function openStorage({ storage, storageRetryMs, storageTimeoutMs }: JobsConfig): Storage {
  const retryOptions = { maxTries: 4, retryDelayInMs: storageRetryMs, maxRetryDelayInMs: 8 * storageRetryMs };
  const blobs = once(async () => {
    const { BlobServiceClient: Service } = await import('@azure/storage-blob');
    const where = connect(storage);
    return 'connectionString' in where
      ? Service.fromConnectionString(where.connectionString, { retryOptions })
      : new Service(where.blobServiceUri, where.credential, { retryOptions });
  });
  const queues = once(async () => {
    const { QueueServiceClient: Service } = await import('@azure/storage-queue');
    const where = connect(storage);
    return 'connectionString' in where
      ? Service.fromConnectionString(where.connectionString, { retryOptions })
      : new Service(where.queueServiceUri, where.credential, { retryOptions });
  });
  const container = (name: string) => blobsOf(async () => (await blobs()).getContainerClient(name), storageTimeoutMs);
  return {
    jobs: container(names.jobs),
    data: container(names.data),
    queue: queueOf(async () => (await queues()).getQueueClient(names.queue), storageTimeoutMs),
  };
}

/** One of the two forms of connection. @throws Error without any */
function connect(settings: StorageSettings | undefined) {
  if (settings === undefined) throw new Error('There are no settings of the storage.');
  if ('connectionString' in settings) return settings;
  const { identityClientId: clientId, ...addresses } = settings;
  return {
    ...addresses,
    credential: clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId }),
  };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}

function blobsOf(container: () => Promise<ContainerClient>, timeoutMs: number): Blobs {
  const blob = async (name: string) => (await container()).getBlockBlobClient(name);
  const lease = async (name: string, id: string) => (await blob(name)).getBlobLeaseClient(id);
  const ask = <T>(operation: string, refusals: readonly number[], work: (abortSignal: AbortSignal) => Promise<T>) =>
    orFailed(operation, refusals, timeoutMs, work);

  return {
    create: (name, content, metadata = {}) =>
      ask('create', [409, 412], async (abortSignal) => {
        const options = { abortSignal, metadata, conditions: { ifNoneMatch: '*' } };
        return tagOf(await (await blob(name)).upload(content, Buffer.byteLength(content), options));
      }),
    read: (name) =>
      ask('read', [404], async (abortSignal) => {
        const answer = await (await blob(name)).download(0, undefined, { abortSignal });
        const text = await textOf(answer.readableStreamBody);
        return { text, tag: tagOf(answer), metadata: answer.metadata ?? {}, dateMs: answer.date?.getTime() ?? 0 };
      }),
    readRange: (name, from, to) =>
      mustBe(
        'read a range',
        ask('read a range', [], async (abortSignal) => {
          const answer = await (await blob(name)).download(from, to - from, { abortSignal });
          return textOf(answer.readableStreamBody);
        }),
      ),
    replace: (name, content, tag, metadata = {}) =>
      ask('replace', [404, 412], async (abortSignal) => {
        const options = { abortSignal, metadata, conditions: { ifMatch: tag } };
        return tagOf(await (await blob(name)).upload(content, Buffer.byteLength(content), options));
      }),
    describe: async (name, metadata, leaseId) =>
      (await ask('describe', [404, 409, 412], async (abortSignal) =>
        (await blob(name)).setMetadata({ ...metadata }, { abortSignal, conditions: { leaseId } }),
      )) !== undefined,
    list: (prefix) =>
      mustBe(
        'list',
        ask('list', [], async (abortSignal) => {
          const listed = [];
          for await (const { name, metadata = {}, properties } of (await container()).listBlobsFlat({
            ...{ prefix, includeMetadata: true, abortSignal },
          }))
            listed.push({ name, metadata, changedMs: properties.lastModified.getTime() });
          return listed;
        }),
      ),
    acquire: async (name, id, leaseMs) =>
      (await ask('acquire', [404, 409, 412], async (abortSignal) =>
        (await lease(name, id)).acquireLease(Math.ceil(leaseMs / 1000), { abortSignal }),
      )) !== undefined,
    renew: async (name, id) =>
      (await ask('renew', [404, 409, 412], async (abortSignal) =>
        (await lease(name, id)).renewLease({ abortSignal }),
      )) !== undefined,
    release: async (name, id) => {
      await ask('release', [404, 409, 412], async (abortSignal) =>
        (await lease(name, id)).releaseLease({ abortSignal }),
      );
    },
  };
}

function queueOf(queue: () => Promise<QueueClient>, timeoutMs: number): Queue {
  /** The message is not as it was left: somebody has received or deleted it. */
  const moved = [400, 404];
  return {
    send: async (message, delayMs) => {
      const options = { messageTimeToLive: -1, visibilityTimeout: Math.ceil(delayMs / 1000) };
      const sent = await mustBe(
        'send',
        orFailed('send', [], timeoutMs, async (abortSignal) =>
          (await queue()).sendMessage(encode(message), { ...options, abortSignal }),
        ),
      );
      return { id: sent.messageId, receipt: sent.popReceipt };
    },
    update: async ({ id, receipt }, message, delayMs) => {
      const answer = await orFailed('update', moved, timeoutMs, async (abortSignal) =>
        (await queue()).updateMessage(id, receipt, encode(message), Math.ceil(delayMs / 1000), { abortSignal }),
      );
      return answer && { id, receipt: answer.popReceipt ?? receipt };
    },
    delete: async ({ id, receipt }) => {
      await orFailed('delete', moved, timeoutMs, async (abortSignal) =>
        (await queue()).deleteMessage(id, receipt, { abortSignal }),
      );
    },
    look: async () => {
      await orFailed('look', [], timeoutMs, async (abortSignal) => (await queue()).getProperties({ abortSignal }));
    },
  };
}

/** The platform's queue triggers read base64; the library does not encode by itself. */
function encode(message: object): string {
  return Buffer.from(JSON.stringify(message)).toString('base64');
}

/** @returns undefined when the storage refused with one of these statuses; @throws StorageFailed for every other failure */
async function orFailed<T>(
  operation: string,
  refusals: readonly number[],
  timeoutMs: number,
  work: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const limit = openLimit(timeoutMs);
  try {
    return await work(limit.signal);
  } catch (error) {
    if (refusals.includes(statusOf(error))) return undefined;
    throw new StorageFailed(operation, error, statusOf(error));
  } finally {
    limit.release();
  }
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 0;
}

async function mustBe<T>(operation: string, answer: Promise<T | undefined>): Promise<T> {
  const value = await answer;
  if (value === undefined) throw new StorageFailed(operation);
  return value;
}

function tagOf({ etag }: { readonly etag?: string }): string {
  if (etag === undefined) throw new Error('An answer without its ETag.');
  return etag;
}

async function textOf(stream: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
