#!/usr/bin/env bash
# Before the package is deployed: the platform stores it with the app's identity, and a role that was given a moment ago does not hold
# everywhere yet (InaccessibleStorageException, 403). Nobody but the platform can try that, so this waits until the role is old enough.
set -euo pipefail

if [[ ${1-} == -h || ${1-} == --help ]]; then
  cat <<'END'
Waits until the role of the app's identity on storage is three minutes old; after the first deployment there is nothing to wait for.

  ROLE_SPREAD_SECONDS   another time, in seconds
END
  exit 0
fi

spread_seconds=${ROLE_SPREAD_SECONDS:-180}
again='If the deployment of the package fails with InaccessibleStorageException, the role has not spread yet: wait five minutes, and run azd deploy.'
say() { printf '%s\n' "$*" >&2; }

if ! newest=$(az rest --only-show-errors --method GET \
  --url "${storageId:?The deployment has no output storageId: run azd provision.}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01" \
  --url-parameters "\$filter=principalId eq '${identityPrincipalId:?The deployment has no output identityPrincipalId: run azd provision.}'" \
  --query 'max(value[].properties.createdOn)' --output tsv); then
  say "The age of the identity's role on storage is not known, because the Azure CLI is not signed in. $again"
  exit 0
fi
if [[ ! $newest ]]; then
  say "The app's identity has no role on storage: run azd provision."
  exit 1
fi
left_seconds=$(node -p 'Math.max(0, Math.ceil((Date.parse(process.argv[1]) - Date.now()) / 1000 + Number(process.argv[2])))' "$newest" "$spread_seconds")
if ((left_seconds > 0)); then
  say "The identity's role on storage is new: waiting $left_seconds seconds until it holds. $again"
  sleep "$left_seconds"
fi
