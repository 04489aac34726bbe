#!/usr/bin/env bash
# What a deployment would change, as Markdown. Needs no right to write: only Reader, and the action that asks.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ ${1-} == -h || ${1-} == --help ]]; then
  cat <<'END'
Prints as Markdown what the deployment of the templates would change, and changes nothing. Takes the variables of the deployment from its
environment, and AZURE_RESOURCE_GROUP.

Who runs it needs on the resource group the role Reader and the actions Microsoft.Resources/deployments/whatIf/action and
Microsoft.Resources/deployments/validate/action; and the Azure CLI from 2.76, signed in.
END
  exit 0
fi

# Without this level, Azure asks for the right to write each resource.
changes=$(AZURE_CORE_NO_COLOR=true az deployment group what-if --only-show-errors \
  --resource-group "${AZURE_RESOURCE_GROUP:?It is not set: name the resource group.}" --parameters infra/main.prod.bicepparam \
  --validation-level ProviderNoRbac --exclude-change-types Ignore NoChange)
# shellcheck disable=SC2016
printf '### What this would change in Azure\n\n```\n%s\n```\n\n%s\n' "$changes" \
  'Roles of the identity are not shown: their names are known only while deploying.'
