#!/usr/bin/env bash
# After the deployment: the identity that it made needs a permission of Microsoft Graph. `azd up` runs this with its environment, in which
# identityClientId is an output of the deployment.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ ${1-} == -h || ${1-} == --help ]]; then
  cat <<'END'
Grants what updates need, if that was asked for; else it prints the command that somebody with the rights has to run.

  azd env set ENTRA_GRANTS script                   grants with your own rights, by infra/scripts/entra.sh
  azd env set ENTRA_WRITE <client id>,<client id>   systems that get the role ModelPerformance.Write
  azd env set ENTRA_READ <client id>,<client id>    systems that get the role ModelPerformance.Read
END
  exit 0
fi

given=(grants --identity "${identityClientId:?The deployment has no output identityClientId: run azd provision.}")
given+=(--graph-version "${GRAPH_VERSION:-beta}" --api "${ENTRA_API_CLIENT_ID:?It is not set: run azd provision.}")
ENTRA_WRITE=${ENTRA_WRITE-} ENTRA_READ=${ENTRA_READ-}
for caller in ${ENTRA_WRITE//,/ }; do given+=(--write "$caller"); done
for caller in ${ENTRA_READ//,/ }; do given+=(--read "$caller"); done

if [[ ${ENTRA_GRANTS-} == script ]]; then
  infra/scripts/entra.sh "${given[@]}"
else
  printf '%s\n' 'Nothing was granted. Somebody with the rights runs, once:' "  infra/scripts/entra.sh ${given[*]}" >&2
fi
