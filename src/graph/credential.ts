import { AzureCliCredential, ManagedIdentityCredential } from '@azure/identity';
import { ManagedIdentityApplication } from '@azure/msal-node';
import type { Config } from '../config.js';
import type { AskForToken } from './token.js';

/**
 * Asks the managed identity for tokens for Graph, or the Azure CLI on a laptop. The identity library keeps a token until it nears its
 * end and has no way past that; the library beneath it has one, and replaces the token that both keep (F09).
 */
export function createAskForToken({ credential, identityClientId, scope }: Config['graph']): AskForToken {
  if (credential === 'azure-cli') {
    const cli = new AzureCliCredential();
    return (_, abortSignal) => cli.getToken(scope, { abortSignal });
  }
  const identity = new ManagedIdentityCredential(identityClientId);
  return async (fresh, abortSignal) => {
    if (fresh) {
      const library = new ManagedIdentityApplication({
        managedIdentityIdParams: { userAssignedClientId: identityClientId },
      });
      await library.acquireToken({ resource: scope.replace(/\/\.default$/, ''), forceRefresh: true });
    }
    return identity.getToken(scope, { abortSignal });
  };
}
