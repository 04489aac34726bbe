"""Prints a token for the API: python tokens.py <client id of the API>"""

import sys

from azure.identity import ManagedIdentityCredential

# In Azure: the identity of the app, with nothing to keep secret.
credential = ManagedIdentityCredential()

# Elsewhere: a registration with a certificate, which never leaves the machine.
# credential = CertificateCredential(tenant_id, client_id, certificate_path="caller.pem")

# A person: a registration with the delegated permission access_as_user, and a browser.
# credential = InteractiveBrowserCredential(tenant_id=tenant_id, client_id=client_id)

print(credential.get_token(f"{sys.argv[1]}/.default").token)
