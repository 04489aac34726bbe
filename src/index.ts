import { app } from '@azure/functions';
import { AzureCliCredential, ManagedIdentityCredential } from '@azure/identity';
import { createApp } from './app.js';
import { readConfig } from './config.js';
import { createGraph } from './graph/client.js';
import { wait } from './graph/deadline.js';
import { createShutdown } from './graph/shutdown.js';
import { createTokenSource } from './graph/token.js';
import type { Running } from './http/handle.js';
import { pointer } from './http/json.js';
import { modelPerformance } from './resource/modelPerformance.js';
import { parserOf } from './resource/parse.js';

// The composition root: the only file that does something when it is loaded.
const config = readConfig();
const shutdown = createShutdown();
const running: Running = new Set();
const { credential, identityClientId, scope } = config.graph;
const tokens = createTokenSource({
  credential: credential === 'azure-cli' ? new AzureCliCredential() : new ManagedIdentityCredential(identityClientId),
  scope,
  timeoutMs: config.limits.tokenMs,
  refreshAheadMs: config.limits.tokenRefreshAheadMs,
});
const graph = createGraph(config, modelPerformance, tokens, shutdown);
const parse = parserOf(modelPerformance, config.validation, pointer);

app.setup({ enableHttpStream: true });

for (const { name, route, handler } of createApp({ config, graph, shutdown, parse }, running)) {
  app.http(name, {
    route,
    handler,
    authLevel: 'anonymous',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  });
}

app.hook.appTerminate(async () => {
  shutdown.begin();
  const ended = Promise.allSettled(running);
  await Promise.race([ended, wait(config.limits.shutdownWritesMs, new AbortController().signal)]);
  shutdown.cut();
  await ended;
  await graph.close();
});
