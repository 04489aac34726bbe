import { app } from '@azure/functions';
import { createApp } from './app.js';
import { createAdmit } from './auth/admit.js';
import { readConfig } from './config.js';
import { createGraph } from './graph/client.js';
import { createAskForToken } from './graph/credential.js';
import { wait } from './graph/deadline.js';
import { createReadiness } from './graph/readiness.js';
import { createShutdown } from './graph/shutdown.js';
import { createTokenSource } from './graph/token.js';
import type { Running } from './http/handle.js';
import { pointer } from './http/json.js';
import { modelPerformance } from './resource/modelPerformance.js';
import { parserOf } from './resource/parse.js';
import { takeHeadersAsSent } from './sentHeaders.js';
import { createTelemetry, noTelemetry, type Telemetry } from './telemetry/telemetry.js';

// The composition root: the only file that does something when it is loaded.
const config = readConfig();
const shutdown = createShutdown();
const running: Running = { calls: new Set(), lastEndMs: -Infinity };
const telemetry = openTelemetry();
const tokens = createTokenSource({
  askForToken: createAskForToken(config.graph),
  timeoutMs: config.limits.tokenMs,
  refreshAheadMs: config.limits.tokenRefreshAheadMs,
  observe: (asked, traceparent) => {
    telemetry.tokenCall({ traceparent }, { ...asked, target: new URL(config.graph.scope).host });
  },
});
const graph = createGraph(config, modelPerformance, tokens, shutdown, telemetry.drift);
const admit = createAdmit(config.entra);
const readiness = createReadiness(config, graph, tokens, shutdown.waitsEnd);
const parse = parserOf(modelPerformance, config.validation, pointer);

function openTelemetry(): Telemetry {
  const { connectionString, ...options } = config.telemetry;
  if (connectionString === undefined) {
    process.stderr.write('There is no telemetry: APPLICATIONINSIGHTS_CONNECTION_STRING is not set.\n');
    return noTelemetry;
  }
  const reportDrops = (line: string) => {
    process.stderr.write(`${line}\n`);
  };
  return createTelemetry({ ...options, connectionString, reportDrops });
}

const begin = takeHeadersAsSent();
app.setup({ enableHttpStream: true });

const deps = { config, resource: modelPerformance, graph, readiness, shutdown, admit, telemetry, parse };
for (const { name, route, handler } of createApp(deps, running)) {
  app.http(name, {
    route,
    handler,
    authLevel: 'anonymous',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  });
}
// Only the platform provides it, and only to `require`.
// eslint-disable-next-line @typescript-eslint/no-require-imports
begin(require('@azure/functions-core') as Parameters<typeof begin>[0]);

app.hook.appTerminate(async () => {
  const { shutdownWritesMs, shutdownAnswersMs } = config.limits;
  shutdown.begin();
  const ended = Promise.allSettled(running.calls);
  await Promise.race([ended, wait(shutdownWritesMs)]);
  shutdown.cut();
  // A caller who is slow to send a body is not waited for.
  await Promise.race([ended, wait(shutdownAnswersMs)]);
  if (performance.now() - running.lastEndMs < shutdownAnswersMs) await answersLeave(shutdownAnswersMs);
  await graph.close();
  await telemetry.close(config.telemetry.flushMs);
});

/** Nothing tells when an answer has left this process. Many short waits: on a busy machine a single one may end before a socket had its turn. */
async function answersLeave(waitMs: number): Promise<void> {
  const turns = 10;
  for (let turn = 0; turn < turns; turn += 1) await wait(waitMs / turns);
}
