#!/usr/bin/env bash
# After the deployment: the identity that it made needs a permission of Microsoft Graph. `azd up` runs this with its environment, in which
# the outputs of the deployment are. To see what it says once more: azd hooks run postprovision, or npm run doctor.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ ${1-} == -h || ${1-} == --help ]]; then
  cat <<'END'
Grants what updates need, if that was asked for; else it prints the command that somebody with the rights has to run.

  azd env set ENTRA_GRANTS script                     grants with your own rights, by infra/scripts/entra.sh
  azd env set ENTRA_WRITE <client id>,<client id>     systems that get the role ModelPerformance.Write
  azd env set ENTRA_READ <client id>,<client id>      systems that get the role ModelPerformance.Read
  azd env set ENTRA_OPERATE <client id>,<client id>   systems that get the role ModelPerformance.Operate
  azd env set ENTRA_WRITE_USERS me,<person>           people: user principal names, object ids (also of groups), or me;
                                                      ENTRA_READ_USERS and ENTRA_OPERATE_USERS likewise

  --print   only prints the command
END
  exit 0
fi

given=(grants --identity "${identityClientId:?The deployment has no output identityClientId: run azd provision.}")
given+=(--graph-version "${GRAPH_VERSION:-beta}" --api "${ENTRA_API_CLIENT_ID:?It is not set: run azd provision.}")

# add <flag> <ids, separated by commas>
add() {
  local caller
  for caller in ${2//,/ }; do given+=("$1" "$caller"); done
}
add --write "${ENTRA_WRITE-}"
add --read "${ENTRA_READ-}"
add --operate "${ENTRA_OPERATE-}"
add --write-user "${ENTRA_WRITE_USERS-}"
add --read-user "${ENTRA_READ_USERS-}"
add --operate-user "${ENTRA_OPERATE_USERS-}"
if [[ ${AZURE_SUBSCRIPTION_ID-} ]]; then given+=(--subscription "$AZURE_SUBSCRIPTION_ID"); fi

if [[ ${ENTRA_GRANTS-} == script && ${1-} != --print ]]; then
  infra/scripts/entra.sh "${given[@]}"
else
  printf '%s\n' 'Nothing was granted. Somebody with the rights runs, once:' "  infra/scripts/entra.sh ${given[*]}" >&2
fi
if [[ ${alertsTell-} == nobody ]]; then
  printf '%s\n' 'Alerts tell nobody: azd env set ALERT_EMAIL <address>, then azd provision.' >&2
fi
