// Prints a token for the API: node tokens.ts <client id of the API>
import { ManagedIdentityCredential, type TokenCredential } from '@azure/identity';

// In Azure: the identity of the app, with nothing to keep secret.
const credential: TokenCredential = new ManagedIdentityCredential();

// Elsewhere: a registration with a certificate, which never leaves the machine.
// const credential = new ClientCertificateCredential(tenantId, clientId, 'caller.pem');

// A person: a registration with the delegated permission access_as_user, and a browser.
// const credential = new InteractiveBrowserCredential({ tenantId, clientId });

console.log((await credential.getToken(`${process.argv[2] ?? ''}/.default`))?.token);
