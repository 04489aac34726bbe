import { app } from '@azure/functions';
import { compose } from './compose.js';
import { misspeltSettings, readConfig, SettingsError, type Config } from './config.js';
import { guardStreams } from './http/streamGuard.js';
import { appFunctions, refusingFunctions, type AppFunction } from './register.js';
import type { Resource } from './resource/resource.js';
import { streamTimeoutMs } from './settings.js';

/** The platform takes a line's level from its words: `error`, `warning`. */
const log = (line: string) => process.stderr.write(`${line}\n`);

/** Registers the functions of one resource with the platform. */
export function start(resource: Resource): void {
  app.setup({ enableHttpStream: true });
  const config = readSettings();
  for (const one of config === undefined ? refusingFunctions(resource) : composed(config, resource)) {
    if (one.trigger === 'http') {
      const { name, route, handler } = one;
      const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
      app.http(name, { route, handler, authLevel: 'anonymous', methods: [...methods] });
    } else {
      const { name, queue, handler } = one;
      app.storageQueue(name, { queueName: queue, connection: 'AzureWebJobsStorage', handler });
    }
  }
  for (const line of misspeltSettings()) log(`Warning: ${line}`);
  guardStreams(config?.limits.streamMs ?? streamTimeoutMs, log);
}

/** One line for each mistake: of an error with several lines the platform shows the first alone (F57). */
function readSettings(): Config | undefined {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const mistake of error.mistakes) log(`Settings error: ${mistake}`);
    return undefined;
  }
}

function composed(config: Config, resource: Resource): AppFunction[] {
  const parts = compose(config, resource, log);
  // The platform ends an instance when the last call has been answered, or some 41 s after it began to; then there are 5 s (F38).
  app.hook.appTerminate(parts.close);
  return appFunctions(parts);
}
