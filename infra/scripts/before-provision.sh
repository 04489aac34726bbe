#!/usr/bin/env bash
# Before the deployment: the app's settings need the client id of the API's registration. `azd up` runs this with its environment.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ ${1-} == -h || ${1-} == --help ]]; then
  cat <<'END'
Finds the client id of the API's registration for azd, or makes the registration if that was asked for.

  azd env set ENTRA_API_CLIENT_ID <client id>   takes a registration that is there
  azd env set ENTRA_GRANTS script               makes one for this environment, and grants afterwards what is needed, with infra/scripts/entra.sh
  azd env set ENTRA_ALLOW_AZURE_CLI true        lets the Azure CLI ask for tokens for it
END
  exit 0
fi

if [[ ! ${ENTRA_API_CLIENT_ID-} && ${ENTRA_GRANTS-} != script ]]; then
  printf '%s\n' 'The deployment needs the registration of the API. Choose one:' \
    '  azd env set ENTRA_GRANTS script               makes it with your own rights, and grants what is needed' \
    '  azd env set ENTRA_API_CLIENT_ID <client id>   takes one that somebody made (infra/scripts/entra.sh application)' >&2
  exit 1
fi

# A registration that somebody made is theirs. One that was made here is looked at again: a new version may need more of it.
if [[ ${ENTRA_GRANTS-} != script || (${ENTRA_API_CLIENT_ID-} && ! ${ENTRA_API_NAME-}) ]]; then exit 0; fi

# One for each environment, so that a role that is granted for one does not open another.
name=${ENTRA_API_NAME-}
if [[ ! $name ]]; then
  name=$(printf 'model-performance-%s' "${AZURE_ENV_NAME:?It is not set: run this with azd.}" | tr '[:upper:]' '[:lower:]' | tr -c '[:lower:][:digit:]-' '-')
  name=${name:0:60}
fi
given=(application --name "$name")
if [[ ${ENTRA_ALLOW_AZURE_CLI-} == true ]]; then given+=(--allow-azure-cli); fi
if [[ ${AZURE_SUBSCRIPTION_ID-} ]]; then given+=(--subscription "$AZURE_SUBSCRIPTION_ID"); fi
client_id=$(infra/scripts/entra.sh "${given[@]}")
if [[ ${ENTRA_API_CLIENT_ID-} == "$client_id" ]]; then exit 0; fi
azd env set ENTRA_API_NAME "$name"
azd env set ENTRA_API_CLIENT_ID "$client_id"
