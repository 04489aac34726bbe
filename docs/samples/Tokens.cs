// Prints a token for the API: dotnet run Tokens.cs <client id of the API>
#:package Azure.Identity@1.*
#:property PublishAot=false
using Azure.Core;
using Azure.Identity;

// In Azure: the identity of the app, with nothing to keep secret.
TokenCredential credential = new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);

// Elsewhere: a registration with a certificate, which never leaves the machine.
// credential = new ClientCertificateCredential(tenantId, clientId, "caller.pem");

// A person: a registration with the delegated permission access_as_user, and a browser.
// credential = new InteractiveBrowserCredential(new InteractiveBrowserCredentialOptions { TenantId = tenantId, ClientId = clientId });

var token = await credential.GetTokenAsync(new TokenRequestContext([$"{args[0]}/.default"]), default);
Console.WriteLine(token.Token);
