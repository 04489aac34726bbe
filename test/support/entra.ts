import { apiClientId } from '../../local/emulator/constants.js';
import type { Emulator } from '../../local/emulator/emulator.js';
import { readConfig, type EntraConfig } from '../../src/config.js';

/** The settings that make an emulator the issuer. */
export function entraOf(
  { clientId, tenantId, identityUrl }: Pick<Emulator, 'clientId' | 'tenantId' | 'identityUrl'>,
  environment: Record<string, string> = {},
): EntraConfig {
  return readConfig({
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    MANAGED_IDENTITY_CLIENT_ID: clientId,
    ENTRA_TENANT_ID: tenantId,
    ENTRA_API_CLIENT_ID: apiClientId,
    ENTRA_ROOT: identityUrl,
    ...environment,
  }).entra;
}

/** How often an emulator was asked for its keys. */
export const keyRequests = ({ requests }: Emulator): number =>
  requests().filter(({ path }) => path.endsWith('/discovery/v2.0/keys')).length;
