import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, expect, test } from '@jest/globals';
import { names } from '../../src/jobs/azure.js';
import { containers, queues, startStorage, type Storage } from '../../local/storage.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'storage-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('its names are those of the app', () => {
  expect([...containers]).toEqual([names.jobs, names.data]);
  expect([...queues]).toEqual([names.queue, `${names.queue}-poison`]);
});

async function namesIn({ connectionString }: Storage) {
  const all = async (items: AsyncIterable<{ name: string }>) => {
    const found: string[] = [];
    for await (const { name } of items) found.push(name);
    return found;
  };
  return {
    containers: await all(BlobServiceClient.fromConnectionString(connectionString).listContainers()),
    queues: await all(QueueServiceClient.fromConnectionString(connectionString).listQueues()),
  };
}

test('it has what the app needs, and keeps it from one start to the next', async () => {
  const first = await startStorage({ folder });
  const wanted = { containers: [...containers].sort(), queues: [...queues].sort() };
  expect(await namesIn(first)).toEqual(wanted);
  const blob = (storage: Storage) =>
    BlobServiceClient.fromConnectionString(storage.connectionString)
      .getContainerClient('jobs')
      .getBlockBlobClient('a/b');
  await blob(first).upload('kept', 4);
  await first.close();

  const second = await startStorage({ folder });
  expect(await namesIn(second)).toEqual(wanted);
  expect((await blob(second).downloadToBuffer()).toString()).toBe('kept');
  await second.close();
});

test('a port that is taken is told as Node tells it', async () => {
  const rival = createServer().listen(0, '127.0.0.1');
  await once(rival, 'listening');
  const { port } = rival.address() as AddressInfo;
  await expect(startStorage({ queuePort: port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  rival.close();
});

test('it ends with the process that started it, even one that was killed', async () => {
  const program = `require(${JSON.stringify(resolve('dist/local/storage.js'))}).startStorage().then((storage) => {
    console.log(storage.blobUrl);
    process.kill(process.pid, 'SIGKILL');
  })`;
  const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = (await text(parent.stdout)).trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1$/);
  const gone = () =>
    fetch(url).then(
      () => false,
      () => true,
    );
  await until('the end of what listens', gone);
});
