import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { QueueServiceClient, type QueueClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Agent, fetch } from 'undici';
import { readCertificate } from '../../local/emulator/certificate.js';
import { startEmulator } from '../../local/emulator/emulator.js';
import { queues, startStorage, type Storage } from '../../local/storage.js';
import { graphToken } from '../support/emulatorCalls.js';
import { json, send, startHost, type HostProcess } from '../support/host-fixture/process.js';
import { found, until } from '../support/until.js';

/** One invocation, as the fixture app saw it. */
interface Seen {
  readonly function: string;
  readonly message: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** How many ran when it began, itself included. */
  readonly running: number;
}

/** An instance of the fixture app on a queue of its own. */
interface Worker {
  readonly host: HostProcess;
  readonly queue: QueueClient;
  readonly poison: QueueClient;
  readonly seen: () => Promise<Seen[]>;
  readonly release: (count?: number) => Promise<unknown>;
}

let storage: Storage;
let service: QueueServiceClient;
const hosts: HostProcess[] = [];

beforeAll(async () => {
  storage = await startStorage();
  service = QueueServiceClient.fromConnectionString(storage.connectionString);
});
afterEach(() => {
  for (const { child } of hosts.splice(0)) child.kill('SIGKILL');
});
afterAll(() => storage.close());

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const put = (queue: QueueClient, content: unknown) => queue.sendMessage(base64(JSON.stringify(content)));
const count = async (queue: QueueClient) => (await queue.getProperties()).approximateMessagesCount;
const visible = async (queue: QueueClient) => (await queue.peekMessages({ numberOfMessages: 32 })).peekedMessageItems;

async function start(
  flags: string[] = [],
  environment: Record<string, string> = {},
  name = `q-${randomUUID()}`,
): Promise<Worker> {
  const queue = service.getQueueClient(name);
  await queue.createIfNotExists();
  const settings = { ...storage.environment, WORK_QUEUE: name, ...environment };
  const host = startHost(settings, '--root', resolve('test/support/queue-fixture'), ...flags);
  hosts.push(host);
  const url = await host.baseUrl;
  return {
    host,
    queue,
    poison: service.getQueueClient(`${name}-poison`),
    seen: async () => json(await send(url, '/api/seen')) as Seen[],
    release: (released = 1000) => send(url, `/api/release?count=${released}`),
  };
}

const seenBy = (worker: Worker, least: number) =>
  found(`${least} messages that a function has seen`, async () => {
    const seen = await worker.seen();
    return seen.length >= least ? seen : undefined;
  });
const holds = (queue: QueueClient, messages: number) =>
  until(`${messages} messages in the queue`, async () => (await count(queue)) === messages);
const emptied = (queue: QueueClient) => holds(queue, 0);

describe('what a function gets', () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await start();
    hosts.splice(0);
  });
  afterAll(() => {
    worker.host.child.kill('SIGKILL');
  });

  const get = async (text: string) => {
    const before = (await worker.seen()).length;
    const sent = await worker.queue.sendMessage(text);
    const [got] = (await seenBy(worker, before + 1)).slice(before);
    await emptied(worker.queue);
    return { sent, got };
  };

  test.each<[string, unknown]>([
    ['{"job":"a","n":1}', { job: 'a', n: 1 }],
    ['42', 42],
    ['"text"', 'text'],
    ['null', null],
    ['plain text', 'plain text'],
    ['', ''],
    ['grün ✓', 'grün ✓'],
    ['\uFEFF[1]', [1]],
  ])('%j arrives parsed where it is JSON', async (text, message) => {
    const { got } = await get(base64(text));
    expect(got).toMatchObject({ function: 'work', message });
  });

  test('base64 with white space is read too', async () => {
    expect((await get('eyJh Ijox\nfQ==')).got?.message).toEqual({ a: 1 });
  });

  test('the metadata are texts in camelCase, and the body’s properties stand among them', async () => {
    const { sent, got } = await get(base64('{"job":"j","count":2,"yes":true,"no":null,"list":[1],"inner":{"Deep":1}}'));
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/;
    expect(got?.metadata).toEqual({
      queueTrigger: { job: 'j', count: 2, yes: true, no: null, list: [1], inner: { deep: 1 } },
      id: sent.messageId,
      popReceipt: expect.any(String) as unknown,
      dequeueCount: 1,
      insertionTime: expect.stringMatching(time) as unknown,
      expirationTime: expect.stringMatching(time) as unknown,
      nextVisibleTime: expect.stringMatching(time) as unknown,
      job: 'j',
      count: 2,
      yes: 'True',
      inner: { deep: 1 },
    });
  });

  test('a property of the body takes the place of the message’s own', async () => {
    expect((await get(base64('{"ID":"mine"}'))).got?.metadata).toMatchObject({ id: 'mine' });
  });
});

describe('failures', () => {
  test('a message comes again after visibilityTimeout, and after maxDequeueCount it is copied to the poison queue', async () => {
    const worker = await start();
    const { messageId } = await put(worker.queue, { do: 'fail' });
    const tries = await seenBy(worker, 3);
    expect(tries.map(({ metadata }) => [metadata.id, metadata.dequeueCount])).toEqual(
      [1, 2, 3].map((nth) => [messageId, nth]),
    );
    await emptied(worker.queue);
    const [copy] = await visible(worker.poison);
    expect(copy).toMatchObject({ messageText: base64('{"do":"fail"}'), dequeueCount: 0 });
    expect(copy?.messageId).not.toBe(messageId);
    const lifeMs = Number(copy?.expiresOn) - Number(copy?.insertedOn);
    expect(lifeMs).toBe(7 * 86_400_000);
    expect(worker.host.output.err).toContain('[work] Failed: Error: failed as told');
  });

  test.each<[string, string, number]>([
    ['what is no base64 goes to the poison queue without being tried', 'not base64!', 0],
    ['bytes that are no UTF-8 are tried as often as a failing message', base64(Uint8Array.of(0xff, 0xfe)), 3],
  ])('%s; the function does not see it', async (_, text, failures) => {
    const worker = await start(['--queue-retry-seconds', '0']);
    await worker.queue.sendMessage(text);
    await until('the poison queue', () => worker.poison.exists());
    await emptied(worker.queue);
    expect(await visible(worker.poison)).toMatchObject([{ messageText: text }]);
    expect(await worker.seen()).toEqual([]);
    expect(worker.host.output.err.match(/not valid UTF-8/g) ?? []).toHaveLength(failures);
  });

  test('a function on a poison queue has no further one: what fails there stays locked', async () => {
    const worker = await start([], { POISON: 'true' });
    await worker.poison.createIfNotExists();
    await put(worker.poison, { do: 'fail' });
    await put(worker.poison, 'later');
    const seen = await seenBy(worker, 2);
    expect(seen.map(({ function: name }) => name)).toEqual(['workPoison', 'workPoison']);
    await holds(worker.poison, 1);
    expect(await visible(worker.poison)).toEqual([]);
  });

  test('a queue that is missing is told once, and read when it is there', async () => {
    const worker = await start();
    await worker.queue.delete();
    await worker.host.printed('cannot be read, trying again');
    await worker.queue.create();
    await put(worker.queue, 'here');
    await seenBy(worker, 1);
    expect(worker.host.output.err.match(/cannot be read/g)).toHaveLength(1);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'no connection',
      { AzureWebJobsStorage: '' },
      'The settings AzureWebJobsStorage and AzureWebJobsStorage__queueServiceUri are both missing.',
    ],
    ['no such setting in the name', { WORK_QUEUE: '' }, 'The setting WORK_QUEUE in the name of its queue is missing.'],
    [
      'an unknown credential',
      { AzureWebJobsStorage: '', AzureWebJobsStorage__queueServiceUri: 'https://127.0.0.1:1/a' },
      'AzureWebJobsStorage__credential must be "managedidentity"',
    ],
  ])('%s: told, and HTTP is served', async (_, environment, printed) => {
    const worker = await start([], environment);
    await worker.host.printed(`[work] The listener could not start: ${printed}`);
    expect(await worker.seen()).toEqual([]);
  });
});

describe('how many at once', () => {
  test('a batch, then the next one when no more than the threshold still run', async () => {
    const worker = await start();
    for (let nth = 0; nth < 10; nth += 1) await put(worker.queue, { do: 'wait', nth });
    await seenBy(worker, 4);
    await worker.release(1);
    await worker.release(1);
    await seenBy(worker, 8);
    const left = async () => {
      await worker.release();
      return count(worker.queue);
    };
    await until('the empty queue', async () => (await left()) === 0);
    const running = (await worker.seen()).map((one) => one.running);
    expect(running.slice(0, 8)).toEqual([1, 2, 3, 4, 3, 4, 5, 6]);
  });
});

describe('the lock', () => {
  test('is renewed while the function runs', async () => {
    const worker = await start(['--queue-lock-seconds', '2']);
    await put(worker.queue, { do: 'wait' });
    await seenBy(worker, 1);
    await pause(4500);
    expect(await worker.seen()).toHaveLength(1);
    await worker.release();
    await emptied(worker.queue);
  });

  test('outlives an instance that was killed, and then the message comes to another', async () => {
    const dead = await start(['--queue-lock-seconds', '2']);
    const { messageId } = await put(dead.queue, { do: 'wait' });
    await seenBy(dead, 1);
    dead.host.child.kill('SIGKILL');
    const heir = await start([], {}, dead.queue.name);
    const [again] = await seenBy(heir, 1);
    expect(again?.metadata).toMatchObject({ id: messageId, dequeueCount: 2 });
  });
});

describe('the end', () => {
  test('what runs is waited for, and new messages are begun meanwhile', async () => {
    const worker = await start();
    await put(worker.queue, { do: 'wait' });
    await worker.host.printed('got ');
    worker.host.child.kill('SIGTERM');
    const { messageId } = await put(worker.queue, 'new');
    await worker.host.printed(`got ${messageId}`);
    await holds(worker.queue, 1);
    expect(worker.host.child.exitCode).toBeNull();
  });

  test('what runs longer is cut off and stays locked', async () => {
    const worker = await start(['--queue-stop-ms', '300']);
    await put(worker.queue, { do: 'wait' });
    await worker.host.printed('got ');
    worker.host.child.kill('SIGTERM');
    expect(await worker.host.ended).toBe(0);
    expect(worker.host.output.out).toContain('appTerminate ran');
    expect([await count(worker.queue), await visible(worker.queue)]).toEqual([1, []]);
  });

  test('nothing running: it ends at once, whatever the limit', async () => {
    const worker = await start(['--queue-stop-ms', '3600000']);
    worker.host.child.kill('SIGTERM');
    expect(await worker.host.ended).toBe(0);
  });

  test('a function that runs too long ends the worker; its message comes again', async () => {
    const worker = await start(['--queue-timeout-ms', '300', '--queue-retry-seconds', '1']);
    await put(worker.queue, { do: 'wait' });
    expect(await worker.host.ended).toBe(1);
    expect(worker.host.output.err).toContain('[work] Timed out: it ran longer than functionTimeout (300 ms).');
    // Not at once: the worker that is about to end could take it again.
    await until('the message', async () => (await visible(worker.queue)).length > 0);
    expect(await visible(worker.queue)).toMatchObject([{ dequeueCount: expect.any(Number) as unknown }]);
  });
});

test('the connection can be a managed identity: Azurite over TLS, with a token of the emulator', async () => {
  const emulator = await startEmulator();
  const certificate = await readCertificate();
  const secure = await startStorage({ certificate });
  try {
    const [name] = queues;
    const token = await graphToken(emulator, 'https://storage.azure.com/');
    const message = `<QueueMessage><MessageText>${base64('"with a token"')}</MessageText></QueueMessage>`;
    const dispatcher = new Agent({ connect: { ca: certificate.pem } });
    const sent = await fetch(`${secure.queueUrl}/${name}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'x-ms-version': '2021-12-02', 'content-type': 'application/xml' },
      body: message,
      dispatcher,
    });
    expect(sent.status).toBe(201);
    const worker = await start(
      [],
      {
        AzureWebJobsStorage: '',
        NODE_EXTRA_CA_CERTS: certificate.path,
        ...emulator.identityEnvironment,
        ...secure.identityEnvironment(emulator.clientId),
      },
      name,
    );
    expect(await seenBy(worker, 1)).toMatchObject([{ message: 'with a token' }]);
    expect(
      emulator
        .requests()
        .filter(({ server }) => server === 'identity')
        .map(({ status }) => status),
    ).toEqual([200, 200]);
    await dispatcher.close();
  } finally {
    await secure.close();
    await emulator.close();
  }
});
