import { QueueServiceClient } from '@azure/storage-queue';

/** Marks the requests of this host among those of the app. */
export const hostUserAgent = 'functions-host';

/** As the real host's client: three repetitions, the first after 0.8 s. */
const options = {
  userAgentOptions: { userAgentPrefix: hostUserAgent },
  retryOptions: { maxTries: 4, retryDelayInMs: 800, maxRetryDelayInMs: 60_000 },
};

/**
 * The queue service behind a connection of host settings: `<connection>` holds a connection string, or `<connection>__queueServiceUri` the
 * address, `__credential` is `managedidentity` and `__clientId` names a user-assigned one.
 * @throws Error that names the setting
 */
export async function openQueueService(
  connection: string,
  environment: NodeJS.ProcessEnv,
): Promise<QueueServiceClient> {
  const connectionString = environment[connection];
  const address = environment[`${connection}__queueServiceUri`];
  if (connectionString) {
    return QueueServiceClient.fromConnectionString(connectionString, options);
  }
  if (!address) throw new Error(`The settings ${connection} and ${connection}__queueServiceUri are both missing.`);
  if (environment[`${connection}__credential`] !== 'managedidentity')
    throw new Error(`${connection}__credential must be "managedidentity"; this host knows no other.`);
  const { ManagedIdentityCredential } = await import('@azure/identity');
  const clientId = environment[`${connection}__clientId`];
  const credential = clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
  return new QueueServiceClient(address, credential, options);
}
