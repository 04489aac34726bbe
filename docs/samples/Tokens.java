// Prints a token for the API: java -cp <azure-identity> Tokens.java <client id of the API>
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ManagedIdentityCredentialBuilder;

class Tokens {
    public static void main(String[] arguments) {
        // In Azure: the identity of the app, with nothing to keep secret.
        TokenCredential credential = new ManagedIdentityCredentialBuilder().build();

        // Elsewhere: a registration with a certificate, which never leaves the machine.
        // credential = new ClientCertificateCredentialBuilder().tenantId(tenantId).clientId(clientId).pemCertificate("caller.pem").build();

        // A person: a registration with the delegated permission access_as_user, and a browser.
        // credential = new InteractiveBrowserCredentialBuilder().tenantId(tenantId).clientId(clientId).build();

        var request = new TokenRequestContext().addScopes(arguments[0] + "/.default");
        System.out.println(credential.getTokenSync(request).getToken());
    }
}
