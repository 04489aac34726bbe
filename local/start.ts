import { readCommandLine, runCommand } from './commandLine.js';
import { startHost, type HostProcess } from './hostProcess.js';
import { environmentFor, prepareSettings } from './localSettings.js';
import { portOption, portsFrom, readPorts, type Ports } from './ports.js';
import { watchSources } from './watch.js';
import { apiUrl, openWorld, type World } from './world.js';

const exampleId = '7ec79407-9407-7ec7-0794-c77e0794c77e';
const inspectorPort = 9229;

const help = `Serves the API on this machine: emulators of Microsoft Graph, of the identity and of storage, and a functions host.

  npm start                          with the embedded functions host
  npm run dev                        the same, and the host restarts when a source has changed
  FUNCTIONS_HOST=func npm start      with Azure Functions Core Tools

  --port     the first of seven ports in a row: the API, Graph, identity and control, telemetry, blobs, queues, console;
             ${portOption.default} by default. Two with different ports run side by side, each with its own data in .local/<port>
  --inspect  lets a debugger attach to the host, at ${inspectorPort} with the default port, and as far from it as --port from ${portOption.default}
  --watch    what npm run dev adds

Settings: local.settings.json, made from local.settings.sample.json at the first start; the environment beats it. The addresses of what is
started here are set by the start.
`;

interface Flags {
  readonly ports: Ports;
  readonly watch: boolean;
  readonly inspectPort: number | undefined;
}

const readFlags = (): Flags =>
  readCommandLine({
    command: 'npm start --',
    help,
    options: { port: portOption, inspect: { type: 'boolean' }, watch: { type: 'boolean', default: false } },
    read: ({ port, inspect, watch }) => {
      const ports = readPorts(port);
      return { ports, watch, inspectPort: inspect ? inspectorPort + ports.api - portsFrom().api : undefined };
    },
  });

const print = (text: string) => process.stdout.write(`${text}\n`);

function tell({ api }: Ports, { emulator: { graphUrl, identityUrl, issue }, page }: World): void {
  const baseUrl = apiUrl(api);
  const port = api === portsFrom().api ? '' : ` --port ${api}`;
  print(`
Console                ${page.url}
Model Performance API  ${baseUrl}/api/v1/model-performance/{id}
Interactive page       ${baseUrl}/api/docs
Emulated Graph         ${graphUrl}/beta
Emulator control       ${identityUrl}/__models, /__requests, /__envelopes, /__faults, /__keys, /__quota

Try an update:

  curl -i -X PATCH ${baseUrl}/api/v1/model-performance/${exampleId} -H "Authorization: Bearer ${issue()}" -H "Content-Type: application/json" -d '{"windowsScore":87.5,"healthStatus":"meetingGoals"}'

Its token reads and writes, and lives for an hour. Another one: npm run token --${port} --role Read (or Operate)
Ctrl-C ends everything.`);
}

/** What Ctrl-C asks for: an end in order, and the second time one at once. */
interface Ending {
  readonly begun: Promise<void>;
  readonly hasBegun: () => boolean;
  /** Told each time. */
  readonly onSignal: (stop: () => void) => void;
}

function listenForEnd(): Ending {
  const stops: (() => void)[] = [];
  let signals = 0;
  const begun = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        signals += 1;
        for (const stop of stops) stop();
        resolve();
      });
  });
  const onSignal = (stop: () => void) => {
    stops.push(stop);
    if (signals > 0) stop();
  };
  return { begun, hasBegun: () => signals > 0, onSignal };
}

/** Serves until it is ended. @returns the exit code */
async function serve(host: HostProcess, ready: () => void, { hasBegun, onSignal }: Ending): Promise<number> {
  onSignal(host.stop);
  if (await host.serves()) ready();
  const code = await host.ended;
  return hasBegun() ? 0 : (code ?? 1);
}

/** Serves, and starts the host anew after each change; one that cannot start waits for the next change. */
async function serveAndWatch(begin: () => HostProcess, ready: () => void, ending: Ending): Promise<number> {
  let host = begin();
  ending.onSignal(() => {
    host.stop();
  });
  let restarting = host.serves().then((serves) => {
    if (serves) ready();
  });
  const restart = async (what: string) => {
    if (ending.hasBegun()) return;
    print(`${what} changed: the host restarts.`);
    host.stop();
    await host.ended;
    host = begin();
    print(
      (await host.serves())
        ? 'The host serves the change.'
        : 'The host does not start. It is tried again after the next change.',
    );
  };
  const end = watchSources((what) => {
    restarting = restarting.then(() => restart(what));
  }, print);
  await ending.begun;
  end();
  await host.ended;
  return 0;
}

async function main(): Promise<void> {
  const { ports, watch, inspectPort } = readFlags();
  prepareSettings(print);
  const ending = listenForEnd();
  const world = await openWorld(ports);
  try {
    const environment = environmentFor(world);
    // Whoever works on the sources does not wait for calls that hang in a debugger.
    const flags = watch ? ['--answers-limit-ms', '1000', '--invocations-limit-ms', '1000'] : [];
    const begin = () => {
      const host = startHost({ port: ports.api, environment, inspectPort, flags });
      host.onCall(world.page.served);
      return host;
    };
    const ready = () => {
      tell(ports, world);
    };
    process.exitCode = watch ? await serveAndWatch(begin, ready, ending) : await serve(begin(), ready, ending);
  } finally {
    await world.close();
  }
}

runCommand(main);
