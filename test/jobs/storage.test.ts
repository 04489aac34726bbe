import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { QueueClient } from '@azure/storage-queue';
import { readConfig } from '../../src/config.js';
import { names, openStorage } from '../../src/jobs/azure.js';
import { StorageFailed, type Storage } from '../../src/jobs/storage.js';
import { startStorage, type Storage as Azurite } from '../../local/storage.js';
import { storageFor } from './world/storage.js';
import { World } from './world/world.js';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startStorage();
});
afterAll(() => azurite.close());

const ids = {
  MANAGED_IDENTITY_CLIENT_ID: randomUUID(),
  ENTRA_TENANT_ID: randomUUID(),
  ENTRA_API_CLIENT_ID: randomUUID(),
};

/** A storage, and what lets it go on while it is waited for. */
interface Place {
  readonly storage: Storage;
  readonly soon: <T>(answer: Promise<T>) => Promise<T>;
}

const places: Record<string, () => Place> = {
  'Azure Storage, as Azurite plays it': () => ({
    storage: openStorage(readConfig({ ...ids, ...azurite.environment }).jobs),
    soon: (answer) => answer,
  }),
  'the simulated world': () => {
    const world = new World(1, { workers: 0 });
    return {
      storage: storageFor(world, world.newProcess('test')),
      soon: async (answer) => {
        await world.run(world.nowMs + 1_000);
        return answer;
      },
    };
  },
};

describe.each(Object.entries(places))('%s', (_, open) => {
  const name = () => `folder/${randomUUID()}`;

  test('a blob is created once', async () => {
    const { storage, soon } = open();
    const [blob, calls] = [name(), Array.from({ length: 20 }, (_, call) => call)];
    const tags = await soon(Promise.all(calls.map((call) => storage.data.create(blob, `by ${call}`))));
    expect(tags.filter((tag) => tag !== undefined)).toHaveLength(1);
    expect(await soon(storage.data.read(blob))).toMatchObject({
      text: `by ${tags.findIndex((tag) => tag !== undefined)}`,
    });
  });

  test('what is read is what was written', async () => {
    const { storage, soon } = open();
    const blob = name();
    expect(await soon(storage.data.read(blob))).toBeUndefined();
    const tag = await soon(storage.data.create(blob, 'größer', { applied: '1' }));
    const read = await soon(storage.data.read(blob));
    expect(read).toMatchObject({ text: 'größer', tag, metadata: { applied: '1' } });
    expect((read?.dateMs ?? 1) % 1000).toBe(0);
    expect(await soon(storage.data.readRange(blob, 4, 8))).toBe('ßer');
  });

  test('only the version that was read is replaced', async () => {
    const { storage, soon } = open();
    const blob = name();
    const first = (await soon(storage.data.create(blob, 'first'))) ?? '';
    expect(await soon(storage.data.replace(name(), 'nothing there', first))).toBeUndefined();
    const second = await soon(storage.data.replace(blob, 'second', first, { done: 'yes' }));
    expect(await soon(storage.data.replace(blob, 'third', first))).toBeUndefined();
    expect(await soon(storage.data.read(blob))).toMatchObject({
      ...{ text: 'second', tag: second, metadata: { done: 'yes' } },
    });
  });

  test('a lease is held by one', async () => {
    const { storage, soon } = open();
    const { jobs } = storage;
    const [blob, mine, theirs] = [name(), randomUUID(), randomUUID()];
    expect(await soon(jobs.acquire(blob, mine, 60_000))).toBe(false);
    const tag = (await soon(jobs.create(blob, 'header', { rows: '1' }))) ?? '';
    expect(await soon(jobs.acquire(blob, mine, 60_000))).toBe(true);
    expect(await soon(jobs.acquire(blob, mine, 60_000))).toBe(true);
    expect(await soon(jobs.acquire(blob, theirs, 60_000))).toBe(false);
    expect(await soon(jobs.renew(blob, mine))).toBe(true);
    expect(await soon(jobs.renew(blob, theirs))).toBe(false);
    expect(await soon(jobs.create(blob, 'another'))).toBeUndefined();
    expect(await soon(jobs.replace(blob, 'another', tag))).toBeUndefined();
    expect(await soon(jobs.describe(blob, { rows: '2' }, theirs))).toBe(false);
    expect(await soon(jobs.describe(blob, { rows: '2' }, mine))).toBe(true);
    await soon(jobs.release(blob, theirs));
    expect(await soon(jobs.acquire(blob, theirs, 60_000))).toBe(false);
    await soon(jobs.release(blob, mine));
    expect(await soon(jobs.renew(blob, mine))).toBe(false);
    expect(await soon(jobs.acquire(blob, theirs, 60_000))).toBe(true);
    expect(await soon(jobs.read(blob))).toMatchObject({ text: 'header', metadata: { rows: '2' } });
  });

  test('a listing tells metadata, of one folder', async () => {
    const { storage, soon } = open();
    const folder = name();
    for (const blob of ['chunks/0', 'chunks/10', 'cancel'])
      await soon(storage.data.create(`${folder}/${blob}`, '', { number: blob.length.toString() }));
    await soon(storage.data.create(`${folder}x`, ''));
    const listed = await soon(storage.data.list(`${folder}/`));
    expect(
      new Set(listed.map(({ name, metadata }) => [name.slice(folder.length + 1), metadata.number].join(' '))),
    ).toEqual(new Set(['chunks/0 8', 'chunks/10 9', 'cancel 6']));
  });

  test('a message is changed by whoever left it, until somebody else has', async () => {
    const { storage, soon } = open();
    const sent = await soon(storage.queue.send({ job: 'a' }, 60_000));
    const moved = await soon(storage.queue.update(sent, { job: 'b' }, 60_000));
    expect(moved).toMatchObject({ id: sent.id });
    expect(moved?.receipt).not.toBe(sent.receipt);
    expect(await soon(storage.queue.update(sent, { job: 'c' }, 60_000))).toBeUndefined();
    await soon(storage.queue.delete(sent));
    expect(await soon(storage.queue.update(moved ?? sent, { job: 'd' }, 60_000))).toBeDefined();
  });

  test('a message that was deleted has gone', async () => {
    const { storage, soon } = open();
    const sent = await soon(storage.queue.send({ job: 'a' }, 60_000));
    await soon(storage.queue.delete(sent));
    await soon(storage.queue.delete(sent));
    expect(await soon(storage.queue.update(sent, { job: 'b' }, 60_000))).toBeUndefined();
  });
});

test('messages are base64, as the platform reads them, and do not expire', async () => {
  const { storage } = places['Azure Storage, as Azurite plays it']?.() ?? {};
  const queue = new QueueClient(azurite.connectionString, names.queue);
  await queue.clearMessages();
  await storage?.queue.send({ job: 'größer' }, 0);
  const [message] = (await queue.receiveMessages()).receivedMessageItems;
  expect(JSON.parse(Buffer.from(message?.messageText ?? '', 'base64').toString())).toEqual({ job: 'größer' });
  expect(message?.expiresOn.getFullYear()).toBe(9999);
});

test('without an answer there is StorageFailed, in time', async () => {
  const settings = {
    AzureWebJobsStorage: azurite.connectionString.replace(
      /BlobEndpoint=http:\/\/127.0.0.1:\d+/,
      'BlobEndpoint=http://127.0.0.1:1',
    ),
  };
  const storage = openStorage(readConfig({ ...ids, ...settings, STORAGE_RETRY_MS: '1' }).jobs);
  await expect(storage.data.read('anything')).rejects.toThrow(StorageFailed);
  await expect(openStorage(readConfig(ids).jobs).data.read('anything')).rejects.toThrow(StorageFailed);
});
