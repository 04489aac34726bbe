import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { hostUserAgent } from '../../local/host/queueClient.js';
import { startStorage, type Storage } from '../../local/storage.js';
import { startStorageProxy, type StorageProxy, type Strike } from '../support/storageProxy.js';
import { until } from '../support/until.js';

let storage: Storage;
let proxy: StorageProxy;
let through: ContainerClient;
let direct: ContainerClient;

beforeAll(async () => {
  storage = await startStorage();
  proxy = await startStorageProxy(storage);
  const once = { retryOptions: { maxTries: 1 } };
  through = BlobServiceClient.fromConnectionString(proxy.connectionString, once).getContainerClient('jobs');
  direct = BlobServiceClient.fromConnectionString(storage.connectionString).getContainerClient('jobs');
});
beforeEach(() => {
  proxy.clear();
});
afterAll(async () => {
  await proxy.close();
  await storage.close();
});

const put = (name: string, content = 'x') =>
  through
    .getBlockBlobClient(name)
    .upload(content, content.length)
    .then(
      () => 'done',
      (error: unknown) => (error as { statusCode?: number }).statusCode ?? 'cut',
    );
const exists = (name: string) => direct.getBlockBlobClient(name).exists();

test('what is not struck goes through as it is', async () => {
  const blob = through.getBlockBlobClient('plain/name with space');
  await blob.upload('content', 7, { metadata: { kind: 'test' } });
  expect((await blob.downloadToBuffer(0, 7)).toString()).toBe('content');
  expect((await blob.getProperties()).metadata).toEqual({ kind: 'test' });
  const queue = QueueServiceClient.fromConnectionString(proxy.connectionString).getQueueClient(
    'model-performance-jobs',
  );
  await queue.sendMessage('text');
  await blob.delete();
  expect(proxy.requests().map(({ number, service, method, status }) => [number, service, method, status])).toEqual([
    [1, 'blob', 'PUT', 201],
    [2, 'blob', 'GET', 206],
    [3, 'blob', 'HEAD', 200],
    [4, 'queue', 'POST', 201],
    [5, 'blob', 'DELETE', 202],
  ]);
});

test.each<[Strike, unknown, boolean]>([
  ['cut', 'cut', false],
  ['lose answer', 'cut', true],
  [{ status: 503 }, 503, false],
  [{ status: 403 }, 403, false],
  [{ delayMs: 50 }, 'done', true],
])('the second request of three is struck: %j', async (strike, second, done) => {
  const name = (nth: number) => `${JSON.stringify(strike)}/${nth}`;
  proxy.strike(({ number }) => (number === 2 ? strike : undefined));
  expect([await put(name(1)), await put(name(2)), await put(name(3))]).toEqual(['done', second, 'done']);
  expect([await exists(name(1)), await exists(name(2)), await exists(name(3))]).toEqual([true, done, true]);
});

test('one that hangs is never answered, and ends with its caller', async () => {
  proxy.strike(() => 'hang');
  const leaving = new AbortController();
  const call = through.getBlockBlobClient('hangs').upload('x', 1, { abortSignal: leaving.signal });
  await until('the request', () => proxy.requests().length > 0);
  leaving.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(await exists('hangs')).toBe(false);
});

test('away: nothing gets through until it is back', async () => {
  proxy.away();
  expect([await put('away'), await exists('away')]).toEqual(['cut', false]);
  proxy.back();
  expect(await put('away')).toBe('done');
});

test('requests of the functions host do not count', async () => {
  const options = { userAgentOptions: { userAgentPrefix: hostUserAgent } };
  const host = QueueServiceClient.fromConnectionString(proxy.connectionString, options);
  await host.getQueueClient('model-performance-jobs').receiveMessages();
  await put('counts');
  expect(proxy.requests().map(({ number }) => number)).toEqual([0, 1]);
});
