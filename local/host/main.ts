import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { runCommand, Stop } from '../commandLine.js';
import { loadApp } from './core.js';
import { readFlags, type Flags } from './flags.js';
import { writeLog } from './log.js';
import { openQueues } from './queues.js';
import { reportCalls } from './report.js';
import { readQueueSettings } from './queueSettings.js';
import { buildRoutes, type Route } from './routes.js';
import { createHost } from './server.js';
import { addSettings, readEntryPoint, readLocalSettings, readRoutePrefix } from './settings.js';
import { stop, type StopLimits } from './stop.js';
import { openStreamPort } from './stream.js';
import { isHttpTrigger, isQueueTrigger, refuseUnknown } from './triggers.js';

/**
 * Starts in this order: settings, port, app. The port comes before the app, so that a taken port is told at once and the app finds its own
 * address in WEBSITE_HOSTNAME, as under the Core Tools.
 */
async function start({ port, root, list, limits, queues }: Flags): Promise<void> {
  addSettings(readLocalSettings(root), process.env);
  const prefix = readRoutePrefix(root);
  const queueSettings = readQueueSettings(root, queues);
  const entryPoint = readEntryPoint(root);

  const host = createHost();
  reportCalls(host.server);
  host.server.listen(port, '127.0.0.1');
  await once(host.server, 'listening').catch((error: unknown) => {
    throw portProblem(port, error);
  });
  const address = `127.0.0.1:${(host.server.address() as AddressInfo).port}`;
  addSettings({ WEBSITE_HOSTNAME: address, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' }, process.env);

  const app = await loadApp(entryPoint, writeLog);
  refuseUnknown(app.functions);
  const routes = buildRoutes(app.functions.filter(isHttpTrigger), prefix);
  const streamPort = await openStreamPort(app);
  // The real host ends the worker, with everything that runs in it, and starts another one.
  const listening = openQueues(app, queueSettings, () => {
    process.exitCode = 1;
    void end({ ...limits, answersMs: 0, invocationsMs: 0 });
  });
  const end = async (limits: StopLimits) => {
    host.serve(undefined);
    await stop({ app, ...host, stopQueues: async () => (await listening).stop(), limits });
    process.exit();
  };
  onSignal(() => end(limits));
  host.serve({ app, routes, streamPort });
  const forQueues = app.functions.filter(isQueueTrigger);
  const counted = `It has ${routes.length} functions for HTTP and ${forQueues.length} for queues.\n`;
  const listed = [
    ...routes.map((route) => line(route, address)),
    ...forQueues.map(({ name, trigger }) => `  ${name}: queue ${trigger.queueName ?? ''}\n`),
  ];
  process.stdout.write(`Functions host listening on http://${address}\n${counted}${list ? listed.join('') : ''}`);
}

/** The first signal begins the end; the same one again is the end. (After Ctrl-C a parent process often sends its own SIGTERM too.) */
function onSignal(end: () => Promise<void>): void {
  const received = new Set<string>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (received.has(signal)) process.exit(1);
      if (received.size === 0) void end();
      received.add(signal);
    });
  }
  // The process that started this one and listened to it is gone, perhaps killed: nobody else would end it.
  process.on('disconnect', () => process.emit('SIGTERM'));
}

function portProblem(port: number, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new Error(`Port ${port} is taken. Choose another one with --port.`);
  if (code === 'EACCES') return new Error(`Port ${port} is not allowed here. Choose another one with --port.`);
  return new Error(`Port ${port} cannot be opened: ${messageOf(error)}`);
}

function line({ function: { name }, methods, template }: Route, address: string): string {
  return `  ${name}: ${methods.join(',')} http://${address}/${template.replace(/^\//, '')}\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Whoever read our output may go away first.
process.stdout.on('error', () => undefined);
runCommand(() =>
  start(readFlags()).catch((error: unknown) => {
    // Of what the app throws while it loads only the message: its mistakes are told to whoever starts it.
    throw error instanceof Stop ? error : new Stop(messageOf(error));
  }),
);
