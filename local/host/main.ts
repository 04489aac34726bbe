import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { loadApp } from './core.js';
import { readFlags, type Flags } from './flags.js';
import { writeLog } from './log.js';
import { buildRoutes, type Route } from './routes.js';
import { createHost } from './server.js';
import { addSettings, readEntryPoint, readLocalSettings, readRoutePrefix } from './settings.js';
import { stop } from './stop.js';
import { openStreamPort } from './stream.js';
import { refuseUnknown } from './triggers.js';

/**
 * Starts in this order: settings, port, app. The port comes before the app, so that a taken port is told at once and the app finds its own
 * address in WEBSITE_HOSTNAME, as under the Core Tools.
 */
async function start({ port, root, limits }: Flags): Promise<void> {
  addSettings(readLocalSettings(root), process.env);
  const prefix = readRoutePrefix(root);
  const entryPoint = readEntryPoint(root);

  const host = createHost();
  host.server.listen(port, '127.0.0.1');
  await once(host.server, 'listening').catch((error: unknown) => {
    throw portProblem(port, error);
  });
  const address = `127.0.0.1:${(host.server.address() as AddressInfo).port}`;
  addSettings({ WEBSITE_HOSTNAME: address, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' }, process.env);

  const app = await loadApp(entryPoint, writeLog);
  refuseUnknown(app.functions);
  const routes = buildRoutes(app.functions, prefix);
  const streamPort = await openStreamPort(app);
  onSignal(async () => {
    host.serve(undefined);
    await stop({ app, ...host, limits });
    process.exit(0);
  });
  host.serve({ app, routes, streamPort });
  process.stdout.write(
    `Functions host listening on http://${address}\n${routes.map((route) => line(route, address)).join('')}`,
  );
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
start(readFlags()).catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
