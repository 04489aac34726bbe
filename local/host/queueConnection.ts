/** How a queue service is reached: by a connection string, or at an address as a managed identity. */
export type QueueConnection =
  { readonly connectionString: string } | { readonly address: string; readonly clientId: string | undefined };

/**
 * The connection of host settings: `<connection>` holds a connection string, or `<connection>__queueServiceUri` the address,
 * `__credential` is `managedidentity` and `__clientId` names a user-assigned one.
 * @throws Error that names the setting
 */
export function readConnection(connection: string, environment: NodeJS.ProcessEnv): QueueConnection {
  const connectionString = environment[connection];
  if (connectionString) return { connectionString };
  const address = environment[`${connection}__queueServiceUri`];
  if (!address) throw new Error(`The settings ${connection} and ${connection}__queueServiceUri are both missing.`);
  if (environment[`${connection}__credential`] !== 'managedidentity')
    throw new Error(`${connection}__credential must be "managedidentity"; this host knows no other.`);
  return { address, clientId: environment[`${connection}__clientId`] };
}
