import { fork, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import type { Certificate } from './emulator/certificate.js';

/** The blob containers and queues that the app needs. It never creates them: in Azure the deployment does, here the start. */
export const containers = ['jobs', 'job-data'] as const;
export const queues = ['model-performance-jobs', 'model-performance-jobs-poison'] as const;

export interface StorageOptions {
  /** Where the data is kept from one start to the next; in memory by default. */
  readonly folder?: string;
  /** 0, the default, for any free port. */
  readonly blobPort?: number;
  readonly queuePort?: number;
  /** Speaks TLS with this certificate, and takes tokens of managed identities beside the account's key. */
  readonly certificate?: Certificate;
}

/** Azurite's blob and queue services, in a process of their own. */
export interface Storage {
  /** With the account in the path, as in every address of Azurite's. */
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly connectionString: string;
  /** The platform's setting with the account's key. */
  readonly environment: { readonly AzureWebJobsStorage: string };
  /** The platform's settings for a managed identity instead. They work with a certificate only. */
  readonly identityEnvironment: (clientId: string) => Readonly<Record<string, string>>;
  /** Ends with everything written and the process gone. */
  readonly close: () => Promise<void>;
}

/** Azurite's published account and key, the same on every machine: no secret. */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** What Azurite gets to write its data before it is ended hard. */
const closeLimitMs = 10_000;

/** Loaded before Azurite: ends it in order when this process is gone without having said so. A text, because tests have no compiled file. */
const endWithParent = `data:text/javascript,process.on('disconnect', () => process.emit('SIGTERM') || process.exit())`;

/**
 * Starts Azurite on the loopback address with the containers and queues of the app.
 * @throws Error with code `EADDRINUSE` and the `port` when one is taken; any other failure with Azurite's own words
 */
export async function startStorage(options: StorageOptions = {}): Promise<Storage> {
  const child = spawnAzurite(options);
  const ended = once(child, 'exit');
  const [blobUrl, queueUrl] = await addressesOf(child);
  try {
    await createAll(blobUrl, queueUrl, options.certificate?.pem);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }

  const connectionString = connectionStringOf(blobUrl, queueUrl);
  return {
    blobUrl,
    queueUrl,
    connectionString,
    environment: { AzureWebJobsStorage: connectionString },
    identityEnvironment: (clientId) => ({
      AzureWebJobsStorage__blobServiceUri: blobUrl,
      AzureWebJobsStorage__queueServiceUri: queueUrl,
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: clientId,
    }),
    close: async () => {
      // It waits for connections that are still open, when everything has been written long before.
      const written = printed(child, /(successfully closed[^]*){3}/);
      if (child.connected) child.send('shutdown');
      await Promise.race([written, ended, pause(closeLimitMs, undefined, { ref: false })]);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A connection string for the account at these addresses, for one who puts something between the app and Azurite. */
export function connectionStringOf(blobUrl: string, queueUrl: string): string {
  return `DefaultEndpointsProtocol=${new URL(blobUrl).protocol.slice(0, -1)};AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${blobUrl};QueueEndpoint=${queueUrl};`;
}

function spawnAzurite({ folder, blobPort = 0, queuePort = 0, certificate }: StorageOptions): ChildProcess {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const flags = [
    ...(folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder]),
    ...['--blobPort', String(blobPort), '--queuePort', String(queuePort), '--tablePort', '0'],
    // The storage libraries are usually ahead of Azurite by a version of the protocol.
    ...['--silent', '--skipApiVersionCheck', '--disableTelemetry'],
    ...(certificate ? ['--oauth', 'basic', '--cert', certificate.path, '--key', certificate.path] : []),
  ];
  return fork(require.resolve('azurite/dist/src/azurite.js'), flags, {
    env: { ...process.env, AZURITE_ACCOUNTS: undefined, AZURITE_DB: undefined },
    execArgv: ['--import', endWithParent],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C must not end it while the host still writes.
    detached: process.platform !== 'win32',
  });
}

/** Reads the addresses from what Azurite says when it listens. */
async function addressesOf(child: ChildProcess): Promise<[blobUrl: string, queueUrl: string]> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const failed = once(child, 'close').then(() => {
    const port = Number(/EADDRINUSE.*?:(\d+)/.exec(said)?.[1]);
    throw Object.assign(new Error(`Azurite did not start: ${said}`), port ? { code: 'EADDRINUSE', port } : {});
  });
  failed.catch(() => undefined);
  const listening = (service: string) =>
    printed(child, new RegExp(`${service} service is successfully listening at (\\S+)`));
  const [[, blob = ''], [, queue = '']] = await Promise.race([
    Promise.all([listening('Blob'), listening('Queue')]),
    failed,
  ]);
  return [`${blob}/${account}`, `${queue}/${account}`];
}

/** Resolves when the process has written this to either stream. */
function printed(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  let said = '';
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const found = wanted.exec(said);
        if (found) resolve(found);
      });
  });
}

async function createAll(blobUrl: string, queueUrl: string, ca: string | undefined): Promise<void> {
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } });
  const create = async (url: string) => {
    const { status } = await fetch(url, { method: 'PUT', headers: signed(url), dispatcher });
    // 201 created, 204 and 409 there already.
    if (![201, 204, 409].includes(status)) throw new Error(`Azurite answered ${status} to the creation of ${url}.`);
  };
  try {
    await Promise.all([
      ...containers.map((name) => create(`${blobUrl}/${name}?restype=container`)),
      ...queues.map((name) => create(`${queueUrl}/${name}`)),
    ]);
  } finally {
    await dispatcher.close();
  }
}

/** The headers of a PUT without a body, signed as the page "Authorize with Shared Key" says: its eleven standard headers are all empty. */
function signed(url: string): Record<string, string> {
  const headers = { 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2021-12-02' };
  const { pathname, searchParams } = new URL(url);
  const lines = [
    `PUT${'\n'.repeat(11)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    `/${account}${pathname}`,
    ...[...searchParams].map(([name, value]) => `${name}:${value}`),
  ];
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64')).update(lines.join('\n')).digest('base64');
  return { ...headers, authorization: `SharedKey ${account}:${signature}` };
}
