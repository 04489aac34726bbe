#!/usr/bin/env bash
# What this API needs in Microsoft Entra ID, for those who do not use the Bicep deployments that do the same.
set -euo pipefail

usage() {
  cat <<'END'
Makes what this API needs in Microsoft Entra ID, with the Azure CLI (az). What is there already stays: it is safe to run again.

  infra/scripts/entra.sh application --name <name> [--allow-azure-cli]
  infra/scripts/entra.sh connector --name <name> [--redirect <address>]
  infra/scripts/entra.sh grants --identity <id> [--graph-version beta] --api <id> [--write <id>]... [--read <id>]... [--operate <id>]...
                                [--write-user <person>]... [--read-user <person>]... [--operate-user <person>]...

application  The registration of the API, its three roles, its scope, version 2 of its tokens, and its enterprise application. Prints its
             client id. Run it before the deployment.
  --name             Last part of the registration's address api://<tenant>/<name>, by which it is found again. One for each environment: a
                     role that is granted for development must not open production. With azd, model-performance-<environment>.
  --allow-azure-cli  Lets the Azure CLI ask for tokens for this API, for people who hold a role: npm run doctor uses it.

connector    The registration with which Power Automate signs people in, and its enterprise application. Prints its client id.
  --name             As above.
  --redirect         Address that Power Platform shows once the connector was imported.

grants       The one permission on Microsoft Graph that updates need, for the managed identity; and roles of the API for the systems and
             people that call it. Run it after the deployment.
  --identity         Client id of the managed identity.
  --graph-version    beta or v1.0, as in GRAPH_VERSION of the app: they need different permissions.
  --api              Client id of the API.
  --write, --read, --operate
                     Client id of a system that may write, only read, or see, read and cancel the jobs of everybody. May be given several times.
  --write-user, --read-user, --operate-user
                     The same for a person: a user principal name, an object id (also of a group), or me.

All take
  --graph            Root of Microsoft Graph, when it is not that of the Azure CLI's cloud, such as https://dod-graph.microsoft.us.
  --subscription     Subscription of the deployment: stops when the Azure CLI is signed in to another tenant than that of the subscription.

Who runs it needs in Microsoft Entra ID: for application and connector, the role Application Developer; for grants, Privileged Role Administrator.
END
}

say() { printf '%s\n' "$*" >&2; }
stop() {
  say "$1 See infra/scripts/entra.sh --help."
  exit 2
}

# A person: a user principal name, an object id, or me.
is_person() { [[ $1 == me || $1 =~ ^[A-Za-z0-9._%+#-]+@[A-Za-z0-9.-]+$ ]] || is_id "$1"; }

is_id() { [[ $1 =~ ^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$ ]]; }

# graph <method> <path below v1.0> <JMESPath> [further arguments of az rest]: prints what the query finds, or nothing. Of two --output, az
# takes the last.
graph() {
  local method=$1 path=$2 query=$3
  shift 3
  az rest --only-show-errors --method "$method" --resource "$graph_root/" --url "$graph_root/v1.0/$path" \
    --query "$query" --output tsv "$@"
}

# What was made a moment ago is not known everywhere at once: the directory may need some seconds.
patiently() {
  local try
  for try in 1 2 3 4 5; do
    if "$@"; then return 0; fi
    say "Not yet ($try of 5); once more ..."
    sleep "${ENTRA_WAIT_SECONDS:-5}"
  done
  "$@"
}

# send <method> <path> <body> [further arguments]
send() {
  local method=$1 path=$2 body=$3
  shift 3
  az rest --only-show-errors --method "$method" --resource "$graph_root/" --url "$graph_root/v1.0/$path" \
    --headers 'Content-Type=application/json' "$@" --body "$body" --output none
}

# --- application -----------------------------------------------------------------------------------------------------------------------

role() {
  printf '{"id":"%s","value":"ModelPerformance.%s","displayName":"%s","description":"%s","allowedMemberTypes":["Application","User"],"isEnabled":true}' \
    "$1" "$2" "$3" "$4"
}
read_role=$(role b615128d-b969-4584-aad1-757213622e1a Read 'Read model performance' 'Lists and reads models.')
write_role=$(role 720664bb-3838-487d-9352-34a4f05dec0b Write 'Write model performance' 'Updates models; includes reading.')
operate_role=$(role 497ac8a3-99cc-4116-abee-f5e2b34847c2 Operate 'Operate jobs of model performance' 'Sees, reads and cancels the jobs of everybody; updates nothing.')
scope_id=6ebec8ba-381a-47dc-88fd-ca1889b6bd51
scope='{"id":"'$scope_id'","value":"access_as_user","type":"User","isEnabled":true,"adminConsentDisplayName":"Use model performance as the signed-in person","adminConsentDescription":"Lets the application call this API for the signed-in person, with the roles of that person.","userConsentDisplayName":"Use model performance for you","userConsentDescription":"Lets the application call this API for you, with your roles."}'

# Well-known client id of the Azure CLI.
azure_cli=04b07795-8ddb-461a-bbee-02f9e1bf7b46

# with <JSON array> <element>: the array with one more element.
with() {
  if [[ $1 =~ ^(\[[[:space:]]*\])?$ ]]; then printf '[%s]' "$2"; else printf '%s,%s]' "${1%]*}" "$2"; fi
}

find_application() {
  graph GET applications "value[0].$1" --url-parameters "\$filter=identifierUris/any(uri:uri eq '$address')"
}

# Only what may be sent back: the directory adds properties of its own.
role_properties='{id:id,value:value,displayName:displayName,description:description,allowedMemberTypes:allowedMemberTypes,isEnabled:isEnabled}'
scope_properties='{id:id,value:value,type:type,isEnabled:isEnabled,adminConsentDisplayName:adminConsentDisplayName,adminConsentDescription:adminConsentDescription,userConsentDisplayName:userConsentDisplayName,userConsentDescription:userConsentDescription}'

# Adds to an application that is there only what it lacks: whatever else it holds, ids of roles above all, stays as it is.
complete_application() {
  local object=$1 version roles scopes lacks=''
  version=$(graph GET "applications/$object" 'api.requestedAccessTokenVersion')
  if [[ $version != 2 ]]; then
    send PATCH "applications/$object" '{"api":{"requestedAccessTokenVersion":2}}'
    say 'Set the version of its tokens to 2.'
  fi
  roles=$(graph GET "applications/$object" "appRoles[].$role_properties" --output json)
  if [[ $roles != *'"ModelPerformance.Read"'* ]]; then roles=$(with "$roles" "$read_role") lacks=yes; fi
  if [[ $roles != *'"ModelPerformance.Write"'* ]]; then roles=$(with "$roles" "$write_role") lacks=yes; fi
  if [[ $roles != *'"ModelPerformance.Operate"'* ]]; then roles=$(with "$roles" "$operate_role") lacks=yes; fi
  if [[ $lacks ]]; then
    send PATCH "applications/$object" "{\"appRoles\":$roles}"
    say 'Added its roles.'
  fi
  scopes=$(graph GET "applications/$object" "api.oauth2PermissionScopes[].$scope_properties" --output json)
  if [[ $scopes != *'"access_as_user"'* ]]; then
    send PATCH "applications/$object" "{\"api\":{\"oauth2PermissionScopes\":$(with "$scopes" "$scope")}}"
    say 'Added its scope.'
  fi
}

# Lets the Azure CLI ask for tokens; the id of the scope may be one of its own in a registration that was made by hand.
let_azure_cli_in() {
  local object=$1 known id
  known=$(graph GET "applications/$object" 'api.preAuthorizedApplications[].{appId:appId,delegatedPermissionIds:delegatedPermissionIds}' --output json)
  if [[ $known == *"$azure_cli"* ]]; then return; fi
  id=$(graph GET "applications/$object" "api.oauth2PermissionScopes[?value=='access_as_user'].id | [0]")
  send PATCH "applications/$object" \
    "{\"api\":{\"preAuthorizedApplications\":$(with "$known" "{\"appId\":\"$azure_cli\",\"delegatedPermissionIds\":[\"$id\"]}")}}"
  say 'Let the Azure CLI ask for tokens.'
}

application() {
  local name=$1 tenant client_id object
  tenant=$(az account show --query tenantId --output tsv)
  address="api://$tenant/$name"
  object=$(find_application id)
  if [[ $object ]]; then
    say "The registration $address is there."
    complete_application "$object"
  else
    # With a unique name, the Bicep deployment finds the same registration later.
    if ! send PATCH "applications(uniqueName='$name')" \
      "{\"displayName\":\"Model Performance API ($name)\",\"signInAudience\":\"AzureADMyOrg\",\"identifierUris\":[\"$address\"],\"api\":{\"requestedAccessTokenVersion\":2,\"oauth2PermissionScopes\":[$scope]},\"appRoles\":[$read_role,$write_role,$operate_role]}" \
      'Prefer=create-if-missing'; then
      say "The registration $address was not made. If its name is taken by one that was deleted (it is kept for 30 days), restore that one or choose another --name."
      exit 1
    fi
    say "Made the registration $address."
  fi
  client_id=$(patiently known_application)
  if [[ $allow_azure_cli ]]; then let_azure_cli_in "$(find_application id)"; fi
  make_principal "$client_id"
  printf '%s\n' "$client_id"
}

make_principal() {
  local object
  object=$(find_principal "$1")
  if [[ $object ]]; then return; fi
  patiently send POST servicePrincipals "{\"appId\":\"$1\"}"
  say 'Made its enterprise application.'
}

known_application() {
  local client_id
  client_id=$(find_application appId)
  [[ $client_id ]] && printf '%s' "$client_id"
}

# --- connector -------------------------------------------------------------------------------------------------------------------------

find_connector() {
  graph GET applications "value[0].$1" --url-parameters "\$filter=uniqueName eq '$connector_name'"
}

known_connector() {
  local client_id
  client_id=$(find_connector appId)
  [[ $client_id ]] && printf '%s' "$client_id"
}

connector() {
  local name=$1 redirect=$2 tenant api object client_id redirects known
  tenant=$(az account show --query tenantId --output tsv)
  address="api://$tenant/$name"
  connector_name="$name-connector"
  api=$(find_application appId)
  if [[ ! $api ]]; then
    say "There is no registration $address: run infra/scripts/entra.sh application first."
    exit 1
  fi
  object=$(find_connector id)
  if [[ ! $object ]]; then
    redirects='[]'
    if [[ $redirect ]]; then redirects="[\"$redirect\"]"; fi
    send PATCH "applications(uniqueName='$connector_name')" \
      "{\"displayName\":\"Model Performance connector ($name)\",\"signInAudience\":\"AzureADMyOrg\",\"web\":{\"redirectUris\":$redirects},\"requiredResourceAccess\":[{\"resourceAppId\":\"$api\",\"resourceAccess\":[{\"id\":\"$scope_id\",\"type\":\"Scope\"}]}]}" \
      'Prefer=create-if-missing'
    say "Made the registration of the connector."
  else
    say 'The registration of the connector is there.'
    known=$(graph GET "applications/$object" 'web.redirectUris' --output json)
    if [[ $redirect && $known != *"\"$redirect\""* ]]; then
      send PATCH "applications/$object" "{\"web\":{\"redirectUris\":$(with "$known" "\"$redirect\"")}}"
      say 'Added the address that it is redirected to.'
    fi
  fi
  client_id=$(patiently known_connector)
  make_principal "$client_id"
  printf '%s\n' "$client_id"
}

# --- grants ----------------------------------------------------------------------------------------------------------------------------

find_principal() {
  graph GET servicePrincipals 'value[0].id' --url-parameters "\$filter=appId eq '$1'"
}

principal() {
  local object
  object=$(find_principal "$1")
  if [[ ! $object ]]; then
    say "There is no enterprise application or managed identity with the client id $1 in this tenant."
    exit 1
  fi
  printf '%s' "$object"
}

# person <user principal name, object id or me>: the object id.
person() {
  local object
  if [[ $1 == me ]]; then
    object=$(graph GET me id)
  elif is_id "$1"; then
    object=$1
  else
    object=$(graph GET users 'value[0].id' --url-parameters "\$filter=userPrincipalName eq '$1'")
  fi
  if [[ ! $object ]]; then
    say "There is no person $1 in this tenant."
    exit 1
  fi
  printf '%s' "$object"
}

# assign <kind> <object id> <object id of the resource> <role id> <words>: one app role, unless it is there.
assign() {
  local kind=$1 object=$2 resource=$3 role_id=$4 words=$5 count
  count=$(graph GET "$kind/$object/appRoleAssignments" \
    "length(value[?resourceId=='$resource' && appRoleId=='$role_id'])" --url-parameters "\$top=999")
  if [[ $count != 0 ]]; then
    say "It is there: $words."
    return
  fi
  patiently send POST "servicePrincipals/$resource/appRoleAssignedTo" \
    "{\"principalId\":\"$object\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role_id\"}"
  say "Granted: $words."
}

grant_graph() {
  local identity=$1 version=$2 permission role_id object resource
  case $version in
    beta) permission=DeviceManagementConfiguration.ReadWrite.All role_id=9241abd9-d0e6-425a-bd4f-47ba86e767a4 ;;
    *) permission=DeviceManagementManagedDevices.ReadWrite.All role_id=243333ab-4d21-40cb-a475-36241daa0842 ;;
  esac
  object=$(principal "$identity")
  resource=$(principal 00000003-0000-0000-c000-000000000000)
  assign servicePrincipals "$object" "$resource" "$role_id" "$permission of Microsoft Graph to the managed identity $identity"
}

# kind_of <object id>: the collection that a person or a group is in.
kind_of() {
  case $(graph GET "directoryObjects/$1" '"@odata.type"') in
    '#microsoft.graph.user') printf users ;;
    '#microsoft.graph.group') printf groups ;;
    *)
      say "There is no person or group with the object id $1 in this tenant."
      exit 1
      ;;
  esac
}

# grant_caller <api> <role> <who> <client id of a system, or person>
grant_caller() {
  local api=$1 value=$2 who=$3 caller=$4 kind object resource role_id
  if [[ $who == person ]]; then
    object=$(person "$caller")
    kind=$(kind_of "$object")
  else
    object=$(principal "$caller")
    kind=servicePrincipals
  fi
  resource=$(principal "$api")
  role_id=$(graph GET "servicePrincipals/$resource" "appRoles[?value=='$value'].id | [0]")
  if [[ ! $role_id ]]; then
    say "The application $api has no role $value: run infra/scripts/entra.sh application first."
    exit 1
  fi
  assign "$kind" "$object" "$resource" "$role_id" "$value to $caller"
}

# One tenant holds the registrations, the identity and the callers: that of the subscription.
same_tenant() {
  local current wanted
  current=$(az account show --query tenantId --output tsv)
  if ! wanted=$(az account show --subscription "$1" --query tenantId --output tsv); then
    say "The Azure CLI does not know the subscription $1 of the deployment: run az login --tenant <its tenant>."
    exit 1
  fi
  if [[ $current != "$wanted" ]]; then
    say "The Azure CLI is signed in to the tenant $current, and the subscription $1 of the deployment belongs to $wanted. Nothing was done: run az login --tenant $wanted, or az account set --subscription $1."
    exit 1
  fi
}

# --- command line ----------------------------------------------------------------------------------------------------------------------

command=${1-}
case $command in
  -h | --help)
    usage
    exit 0
    ;;
  application | connector | grants) shift ;;
  *) stop 'The first word is application, connector or grants.' ;;
esac

name='' redirect='' identity='' graph_version=beta api='' graph_root='' subscription='' allow_azure_cli=''
callers=()
while (($# > 0)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --allow-azure-cli)
      allow_azure_cli=yes
      shift
      continue
      ;;
    --name | --redirect | --identity | --graph-version | --api | --graph | --subscription) ;;
    --write | --read | --operate | --write-user | --read-user | --operate-user) ;;
    *) stop "$1 is not known." ;;
  esac
  (($# > 1)) || stop "$1 needs a value."
  case $1 in
    --identity | --api | --write | --read | --operate | --subscription)
      is_id "$2" || stop "$1 takes an id such as 00000000-0000-0000-0000-000000000000."
      ;;
    --*-user) is_person "$2" || stop "$1 takes a user principal name, an object id, or me." ;;
  esac
  case $1 in
    --name) name=$2 ;;
    --redirect) redirect=$2 ;;
    --identity) identity=$2 ;;
    --graph-version) graph_version=$2 ;;
    --api) api=$2 ;;
    --write) callers+=("ModelPerformance.Write system $2") ;;
    --read) callers+=("ModelPerformance.Read system $2") ;;
    --operate) callers+=("ModelPerformance.Operate system $2") ;;
    --write-user) callers+=("ModelPerformance.Write person $2") ;;
    --read-user) callers+=("ModelPerformance.Read person $2") ;;
    --operate-user) callers+=("ModelPerformance.Operate person $2") ;;
    --subscription) subscription=$2 ;;
    --graph) graph_root=${2%/} ;;
  esac
  shift 2
done
[[ $command == grants || $name ]] || stop "$command needs --name, one for each environment, such as model-performance-production."
[[ ! $name || $name =~ ^[a-z][a-z0-9-]{1,59}$ ]] || stop '--name takes small letters, digits and hyphens.'
[[ ! $redirect || $redirect =~ ^https://[A-Za-z0-9./_-]+$ ]] || stop '--redirect takes an address that begins with https://.'
[[ $graph_version == beta || $graph_version == v1.0 ]] || stop '--graph-version is beta or v1.0.'
[[ ! $graph_root || $graph_root =~ ^https://[a-z0-9.-]+$ ]] || stop '--graph takes a root such as https://dod-graph.microsoft.us.'
if [[ $command == grants ]]; then
  [[ $identity || $api ]] || stop 'grants needs --identity, or --api with a caller.'
  [[ ! ${callers[*]-} || $api ]] || stop 'Callers need --api.'
fi
if ! command -v az >/dev/null; then
  say 'The Azure CLI (az) is not there. Install it, sign in with az login, and start again.'
  exit 1
fi
if [[ $subscription ]]; then same_tenant "$subscription"; fi
if [[ ! $graph_root ]]; then
  graph_root=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
  graph_root=${graph_root%/}
fi

if [[ $command == application ]]; then
  application "$name"
elif [[ $command == connector ]]; then
  connector "$name" "$redirect"
else
  if [[ $identity ]]; then grant_graph "$identity" "$graph_version"; fi
  for caller in ${callers[@]+"${callers[@]}"}; do
    read -r value who id <<<"$caller"
    grant_caller "$api" "$value" "$who" "$id"
  done
fi
