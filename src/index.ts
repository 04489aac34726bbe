import { app } from '@azure/functions';
import { createApp, createRefusals, type AppFunction } from './app.js';
import { createAdmit } from './auth/admit.js';
import { readConfig, SettingsError, type Config } from './config.js';
import { createGraph } from './graph/client.js';
import { createAskForToken } from './graph/credential.js';
import { wait } from './graph/deadline.js';
import { createReadiness } from './graph/readiness.js';
import { createShutdown } from './graph/shutdown.js';
import { createTokenSource } from './graph/token.js';
import type { Running } from './http/handle.js';
import { pointer } from './http/json.js';
import { guardStreams } from './http/streamGuard.js';
import { modelPerformance } from './resource/modelPerformance.js';
import { parserOf } from './resource/parse.js';
import { streamTimeoutMs } from './settings.js';
import { createTelemetry, noTelemetry, type Telemetry } from './telemetry/telemetry.js';

// The composition root: the only file that does something when it is loaded.
// The platform takes a line's level from its words: `error`, `warning`.
const tell = (line: string) => process.stderr.write(`${line}\n`);

app.setup({ enableHttpStream: true });
const config = readSettings();
for (const { name, route, handler } of config === undefined ? createRefusals() : compose(config)) {
  app.http(name, {
    route,
    handler,
    authLevel: 'anonymous',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  });
}
guardStreams(config?.limits.streamMs ?? streamTimeoutMs, tell);

/** One line for each mistake: of an error with several lines the platform shows the first alone (F57). */
function readSettings(): Config | undefined {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const mistake of error.mistakes) tell(`Settings error: ${mistake}`);
    return undefined;
  }
}

function compose(config: Config): AppFunction[] {
  const shutdown = createShutdown();
  const running: Running = new Set();
  const telemetry = openTelemetry(config);
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

  // The platform ends an instance when the last call has been answered, or some 41 s after it began to; then there are 5 s (F38).
  app.hook.appTerminate(async () => {
    const { shutdownWritesMs, shutdownAnswersMs } = config.limits;
    shutdown.begin();
    const ended = Promise.allSettled(running);
    await Promise.race([ended, wait(shutdownWritesMs)]);
    shutdown.cut();
    await Promise.race([ended, wait(shutdownAnswersMs)]);
    await graph.close();
    await telemetry.close(config.telemetry.flushMs);
  });
  const deps = { config, resource: modelPerformance, graph, readiness, shutdown, admit, telemetry, parse };
  return createApp(deps, running);
}

function openTelemetry(config: Config): Telemetry {
  const { connectionString, ...options } = config.telemetry;
  if (connectionString === undefined) {
    tell('Warning: there is no telemetry. APPLICATIONINSIGHTS_CONNECTION_STRING is not set.');
    return noTelemetry;
  }
  return createTelemetry({ ...options, connectionString, reportDrops: tell });
}
