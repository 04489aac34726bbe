import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { constants, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig, SettingsError } from '../src/config.js';
import { startConsole, type Console } from './console/console.js';
import { startEmulator, type Emulator } from './emulator/emulator.js';
import type { ServedCall } from './host/report.js';
import { readLocalSettings } from './host/settings.js';
import { ports } from './ports.js';
import { startStorage, type Storage } from './storage.js';

const exampleId = '7ec79407-9407-7ec7-0794-c77e0794c77e';

const usage = `Serves the API on this machine: emulators of Microsoft Graph, of the identity and of storage, and a functions host.

  npm start                          with the embedded functions host
  FUNCTIONS_HOST=func npm start      with Azure Functions Core Tools

Ports: ${ports.host} the API, ${ports.graph} Graph, ${ports.identity} identity and control, ${ports.ingestion} telemetry, ${ports.blob} blobs, ${ports.queue} queues, ${ports.console} the console. --host-port moves the API.
Settings: local.settings.json, made from local.settings.sample.json at the first start; the environment beats it.
`;

const apiUrl = (port: number) => `http://127.0.0.1:${port}`;
const print = (text: string) => process.stdout.write(`${text}\n`);

/** An end that needs one line and no stack trace. */
class Stop extends Error {}

function readPort(): number {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean' }, 'host-port': { type: 'string' } } });
    if (values.help) {
      print(usage);
      process.exit(0);
    }
    const port = values['host-port'] ?? String(ports.host);
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Stop('--host-port takes a number up to 65535.');
    return Number(port);
  } catch (error) {
    throw error instanceof Stop ? error : new Stop(`${error instanceof Error ? error.message : ''}\n\n${usage}`);
  }
}

function copySettings(): void {
  try {
    copyFileSync('local.settings.sample.json', 'local.settings.json', constants.COPYFILE_EXCL);
    print('Made local.settings.json from local.settings.sample.json.');
  } catch (error) {
    if (!existsSync('local.settings.json')) throw error;
  }
}

/** Everything but the functions host. */
interface World {
  readonly emulator: Emulator;
  readonly storage: Storage;
  readonly page: Console;
}

/** Jobs and their messages are kept from one start to the next. */
async function openWorld(port: number): Promise<World> {
  const {
    graph: graphPort,
    identity: identityPort,
    ingestion: ingestionPort,
    blob: blobPort,
    queue: queuePort,
  } = ports;
  const folder = join('.local', String(port), 'storage');
  try {
    const [emulator, storage] = await Promise.all([
      startEmulator({ graphPort, identityPort, ingestionPort }),
      startStorage({ folder, blobPort, queuePort }),
    ]);
    return { emulator, storage, page: await startConsole(ports.console, emulator, apiUrl(port)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const { port: taken } = error as { port: number };
    throw new Stop(`Port ${taken} is taken, perhaps by another npm start. End what uses it, and start again.`);
  }
}

/** The host's environment. @throws SettingsError for what the app would answer with 503 for as long as it runs (F57) */
function environmentFor({ identityEnvironment, ingestion }: Emulator): NodeJS.ProcessEnv {
  // Whoever names another ingestion has reasons, and certificates, of their own; certificates alone are no such reason.
  const own = process.env.APPLICATIONINSIGHTS_CONNECTION_STRING !== undefined;
  const environment = { ...process.env, ...(own ? {} : ingestion.environment), ...identityEnvironment };
  readConfig({ ...readLocalSettings('.'), ...environment });
  return environment;
}

/** The functions host in a process of its own; its output is this terminal's. */
function startHost(port: number, env: NodeJS.ProcessEnv): ChildProcess {
  // A group of its own: Ctrl-C reaches this process alone, which then ends the host in order.
  const options: SpawnOptions = {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
  };
  const chosen = process.env.FUNCTIONS_HOST ?? 'embedded';
  if (chosen === 'embedded') {
    const program = [join(__dirname, 'host', 'main.js'), '--port', String(port)];
    return spawn(process.execPath, program, { ...options, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }
  if (chosen !== 'func') throw new Stop('FUNCTIONS_HOST is "embedded" or "func".');
  if (spawnSync('func', ['--version']).status !== 0)
    throw new Stop('Core Tools are missing. Install them with: npm install --global azure-functions-core-tools@4');
  return spawn('func', ['start', '--port', String(port)], options);
}

async function answers(baseUrl: string, host: ChildProcess): Promise<boolean> {
  while (host.exitCode === null && host.signalCode === null) {
    const answer = await fetch(`${baseUrl}/api/v1/`).catch(() => undefined);
    if (answer?.headers.get('x-ms-error-code') === 'unknown-path') return true;
    await wait(100);
  }
  return false;
}

function tell(baseUrl: string, { emulator: { graphUrl, identityUrl, issue }, page }: World): void {
  print(`
Console                ${page.url}
Model Performance API  ${baseUrl}/api/v1/model-performance/{id}
Interactive page       ${baseUrl}/api/docs
Emulated Graph         ${graphUrl}/beta
Emulator control       ${identityUrl}/__models, /__requests, /__envelopes, /__faults, /__keys, /__quota

Try an update:

  curl -i -X PATCH ${baseUrl}/api/v1/model-performance/${exampleId} -H "Authorization: Bearer ${issue()}" -H "Content-Type: application/json" -d '{"windowsScore":87.5,"healthStatus":"meetingGoals"}'

Its token allows everything and lives for an hour. Another one: npm run token -- --role Write (or Read)
Ctrl-C ends everything.`);
}

async function main(): Promise<void> {
  const port = readPort();
  copySettings();
  const world = await openWorld(port);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      ending.abort();
    });
  try {
    const host = startHost(port, environmentFor(world.emulator));
    host.on('message', ({ call }: { call: ServedCall }) => {
      world.page.served(call);
    });
    ending.signal.addEventListener('abort', () => host.kill('SIGTERM'));
    const ended = once(host, 'exit');
    const baseUrl = apiUrl(port);
    if (await answers(baseUrl, host)) tell(baseUrl, world);
    const [code] = (await ended) as [number | null];
    if (!ending.signal.aborted) process.exitCode = code ?? 1;
  } finally {
    await Promise.all([world.page.close(), world.emulator.close(), world.storage.close()]);
  }
}

main().catch((error: unknown) => {
  const isForeseen = error instanceof Stop || error instanceof SettingsError;
  process.stderr.write(`${error instanceof Error ? (isForeseen ? error.message : error.stack) : ''}\n`);
  process.exit(1);
});
