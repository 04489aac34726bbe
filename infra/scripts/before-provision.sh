#!/usr/bin/env bash
# Before the deployment: the app's settings need the client id of the API's registration. `azd up` runs this with its environment.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ ${1-} == -h || ${1-} == --help ]]; then
  cat <<'END'
Finds the client id of the API's registration for azd, or makes the registration if that was asked for.

  azd env set ENTRA_API_CLIENT_ID <client id>   takes a registration that is there
  azd env set ENTRA_GRANTS script               makes it, and grants afterwards what is needed, with infra/scripts/entra.sh
END
  exit 0
fi

if [[ ${ENTRA_API_CLIENT_ID-} ]]; then exit 0; fi
if [[ ${ENTRA_GRANTS-} != script ]]; then
  printf '%s\n' 'The deployment needs the registration of the API. Choose one:' \
    '  azd env set ENTRA_GRANTS script               makes it with your own rights, and grants what is needed' \
    '  azd env set ENTRA_API_CLIENT_ID <client id>   takes one that somebody made (infra/scripts/entra.sh application)' >&2
  exit 1
fi
client_id=$(infra/scripts/entra.sh application)
azd env set ENTRA_API_CLIENT_ID "$client_id"
