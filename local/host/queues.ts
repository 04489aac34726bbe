import type { App, RegisteredFunction } from './core.js';
import { readConnection } from './queueConnection.js';
import type { Listener } from './queueListener.js';
import type { QueueSettings } from './queueSettings.js';
import { isQueueTrigger } from './triggers.js';

const poisonSuffix = '-poison';

/**
 * Starts a listener for each queue trigger of the app. One that cannot start is told in a line and the others run, as in the real host.
 * @param timedOut called when a function ran longer than `functionTimeout` allows
 * @returns what ends them all
 */
export async function openQueues(app: App, settings: QueueSettings, timedOut: () => void): Promise<Listener> {
  const opened = await Promise.all(
    app.functions.filter(isQueueTrigger).map(async (called) => {
      try {
        const queues = await openQueue(called);
        const { listen } = await import('./queueListener.js');
        return [listen({ ...queues, app, called, settings, timedOut })];
      } catch (error) {
        app.log(
          'error',
          called.name,
          `The listener could not start: ${error instanceof Error ? error.message : String(error)}`,
        );
        return [];
      }
    }),
  );
  return {
    stop: async () => {
      await Promise.all(opened.flat().map((listener) => listener.stop()));
    },
  };
}

/** The queue of a function and its poison queue; a function on a poison queue has no further one. */
async function openQueue({ trigger }: RegisteredFunction) {
  const connection = readConnection(trigger.connection ?? 'AzureWebJobsStorage', process.env);
  // The storage library takes its time to load: only for a connection.
  const { openQueueService } = await import('./queueClient.js');
  const service = await openQueueService(connection);
  const name = queueName(trigger.queueName ?? '', process.env);
  const ownPoison = name.endsWith(poisonSuffix) ? undefined : service.getQueueClient(`${name}${poisonSuffix}`);
  return { queue: service.getQueueClient(name), poisonQueue: ownPoison };
}

/** A name can hold settings, `%NAME%`. @throws Error that names a missing one */
function queueName(template: string, environment: NodeJS.ProcessEnv): string {
  return template.replace(/%([^%]+)%/g, (_, setting: string) => {
    const value = environment[setting];
    if (!value) throw new Error(`The setting ${setting} in the name of its queue is missing.`);
    return value;
  });
}
