import { QueueServiceClient } from '@azure/storage-queue';
import type { QueueConnection } from './queueConnection.js';

/** Marks the requests of this host among those of the app. */
export const hostUserAgent = 'functions-host';

/** As the real host's client: three repetitions, the first after 0.8 s. */
const options = {
  userAgentOptions: { userAgentPrefix: hostUserAgent },
  retryOptions: { maxTries: 4, retryDelayInMs: 800, maxRetryDelayInMs: 60_000 },
};

/** The queue service behind a connection. */
export async function openQueueService(connection: QueueConnection): Promise<QueueServiceClient> {
  if ('connectionString' in connection) {
    return QueueServiceClient.fromConnectionString(connection.connectionString, options);
  }
  const { address, clientId } = connection;
  const { ManagedIdentityCredential } = await import('@azure/identity');
  const credential = clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
  return new QueueServiceClient(address, credential, options);
}
