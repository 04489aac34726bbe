import { cloud, graphVersion, guidText, retention } from 'types.bicep'

metadata name = 'Model Performance API'
metadata description = 'The app on Flex Consumption with its identity, storage, monitoring, alerts and workbook. The registration in Entra ID comes before (entra-application.bicep), the Graph grant after (graph-grant.bicep).'

@description('Name of the environment, such as the one of azd. All names are made of it and of a text that no other resource group gives.')
@minLength(4)
@maxLength(64)
param name string

@description('Where everything is.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags { *: string } = {}

@description('Microsoft’s cloud that Graph and Entra ID are in: `global`, `usgov`, `usgovdod` or `china`.')
param graphCloud cloud = 'global'

@description('Version of Microsoft Graph: `beta` or `v1.0`. Each needs a permission of its own.')
param graphApiVersion graphVersion = 'beta'

@description('Tenant whose callers are let in.')
param tenantId guidText = tenant().tenantId

@description('Client id of the API’s registration.')
param apiClientId guidText

@description('Client ids of the only applications that may call, separated by commas, whatever roles others have. Empty: every one that was granted a role.')
param allowedClientIds guidText[] = []

@description('Lets the platform refuse calls without a token, too. Its refusals carry no body. Needs the list of applications that may call.')
param authenticationInFront bool = false

@description('How strictly values are held: `documented` or `strict` (scores 0 to 100 or -1, counts from 0).')
param validation 'documented' | 'strict' = 'documented'

@description('Whether values are read before each write, for the audit: `read` or `none`.')
param auditFrom 'read' | 'none' = 'read'

@description('Address of the API when it is not the one that the platform gives, such as `https://models.example.com`.')
@maxLength(200)
param publicBaseUrl string = ''

@description('Origins whose pages may call the API, separated by commas, such as `https://portal.example.com`.')
param corsOrigins string[] = []

@description('Most instances at the same time. Graph takes 5 writes a second of all of them together: more instances than the default mean more throttling, not more writes.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 10

@description('Memory of one instance, in megabytes: `512`, `2048` or `4096`.')
param instanceMemoryMB 512 | 2048 | 4096 = 2048

@description('Calls that one instance takes at the same time.')
@minValue(1)
@maxValue(1000)
param callsPerInstance int = 16

@description('Instances that are kept warm for HTTP. They are paid for even when nobody calls.')
@minValue(0)
@maxValue(20)
param alwaysReady int = 0

@description('Instances that are kept warm for jobs. A cold one begins a job some seconds later.')
@minValue(0)
@maxValue(20)
param alwaysReadyJobs int = 0

@description('Instances and copies of what is stored are spread over the zones of a region that has them. The platform then keeps two instances warm, and they are paid for.')
param zoneRedundant bool = false

@description('Updates replace instances one after the other, so that running calls end by themselves; a preview of the platform. Otherwise all start anew, and calls under way end as unknown.')
param rollingUpdates bool = false

@description('Outgoing calls through a network of its own, and storage by private endpoints alone.')
param privateNetworking bool = false

@description('Address ranges that may call, separated by commas, such as `203.0.113.0/24`. Empty: every address.')
param allowedRanges string[] = []

@description('Only a private endpoint in that network reaches the app, for calls and for deployments. Needs private networking.')
param privateInbound bool = false

@description('Rows that all jobs together may send to Graph in 20 seconds. Single updates get what is left of Intune’s 100; `160` is for those who know that the larger quota holds for them.')
@minValue(20)
@maxValue(400)
param bulkWritesPer20Seconds int = 80

@description('Chunks of 20 rows that one job has under way; `16` for 160 rows in 20 seconds.')
@minValue(1)
@maxValue(32)
param bulkChunksAtOnce int = 8

@description('How long jobs and their results are kept, in days. Storage deletes them a day later.')
@minValue(1)
@maxValue(365)
param jobRetentionDays int = 30

@description('How long telemetry and audit events are kept, in days: `30`, `60`, `90`, `120`, `180`, `270`, `365`, `550` or `730`.')
param retentionDays retention = 90

@description('Share of the traces whose calls to Graph are kept, in percent. Audit events and metrics always are.')
@minValue(0)
@maxValue(100)
param samplingPercent int = 100

@description('E-mail address that alerts go to. Empty, and without action groups: nobody is told.')
@maxLength(254)
param alertEmail string = ''

@description('Resource ids of action groups that alerts tell too, separated by commas.')
param actionGroupIds string[] = []

@description('Places from which availability is tested, separated by commas; five or more. Government clouds have others.')
@minLength(1)
param availabilityLocations string[] = [
  'emea-nl-ams-azr'
  'emea-gb-db3-azr'
  'us-va-ash-azr'
  'us-ca-sjc-azr'
  'apac-sg-sin-azr'
]

// azd takes letters, digits, hyphens, underscores, dots and brackets; a host name takes the first three, and not a hyphen first.
var plainName = toLower(replace(replace(replace(replace(name, '_', '-'), '.', '-'), '(', '-'), ')', '-'))
var uniquePart = uniqueString(resourceGroup().id, name)
var resourceName = 'mp-${take(plainName, 40)}-${uniquePart}'
var storageName = 'st${uniquePart}'
var allTags = union({ 'azd-env-name': name }, tags)
var containers = { deployment: 'deployment', jobs: 'jobs', jobData: 'job-data' }
var queues = { jobs: 'model-performance-jobs', poison: 'model-performance-jobs-poison' }
var noCallers = authenticationInFront && empty(allowedClientIds)
  ? fail('authenticationInFront needs allowedClientIds: without a list the platform refuses everybody.')
  : ''
var noNetwork = privateInbound && !privateNetworking
  ? fail('privateInbound needs privateNetworking: its endpoint stands in that network.')
  : ''

module identity 'modules/identity.bicep' = {
  params: { name: '${resourceName}${noCallers}${noNetwork}', location: location, tags: allTags }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: resourceName
    location: location
    tags: allTags
    retentionDays: retentionDays
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: storageName
    location: location
    tags: allTags
    sku: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    closed: privateNetworking
    workspaceId: monitoring.outputs.workspaceId
    containerNames: map(items(containers), container => container.value)
    queueNames: map(items(queues), queue => queue.value)
    jobContainerNames: [containers.jobs, containers.jobData]
    jobDays: jobRetentionDays + 1
  }
}

module roles 'modules/roles.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    storageName: storageName
    queueNames: map(items(queues), queue => queue.value)
    insightsName: resourceName
  }
  dependsOn: [monitoring, storage]
}

module network 'modules/network.bicep' = if (privateNetworking) {
  params: { name: resourceName, location: location, tags: allTags, storageId: storage.outputs.id }
}

module app 'modules/app.bicep' = {
  params: {
    name: resourceName
    location: location
    tags: allTags
    identity: { id: identity.outputs.id, clientId: identity.outputs.clientId }
    storage: { blobs: storage.outputs.blobs, queues: storage.outputs.queues }
    containerName: containers.deployment
    connectionString: monitoring.outputs.connectionString
    workspaceId: monitoring.outputs.workspaceId
    subnetId: network.?outputs.appSubnetId
    scaling: {
      maximumInstances: maximumInstances
      instanceMemoryMB: instanceMemoryMB
      callsPerInstance: callsPerInstance
      alwaysReady: alwaysReady
      alwaysReadyJobs: alwaysReadyJobs
      zoneRedundant: zoneRedundant
      rollingUpdates: rollingUpdates
    }
    product: {
      GRAPH_CLOUD: graphCloud
      GRAPH_VERSION: graphApiVersion
      ENTRA_TENANT_ID: tenantId
      ENTRA_API_CLIENT_ID: apiClientId
      ENTRA_ALLOWED_CLIENT_IDS: join(allowedClientIds, ',')
      PUBLIC_BASE_URL: publicBaseUrl
      VALIDATION: validation
      AUDIT_FROM: auditFrom
      TELEMETRY_SAMPLING_PERCENT: string(samplingPercent)
      BULK_WRITES_PER_20_S: string(bulkWritesPer20Seconds)
      BULK_CHUNKS_AT_ONCE: string(bulkChunksAtOnce)
      JOB_RETENTION_DAYS: string(jobRetentionDays)
    }
    corsOrigins: corsOrigins
    allowedRanges: allowedRanges
    closed: privateInbound
  }
  // The host asks for its storage as soon as it is there.
  dependsOn: [roles]
}

module inbound 'modules/inbound.bicep' = if (privateInbound) {
  params: {
    name: resourceName
    location: location
    tags: allTags
    siteId: app.outputs.id
    networkId: network.?outputs.id ?? ''
    subnetId: network.?outputs.endpointSubnetId ?? ''
    graphCloud: graphCloud
  }
}

module authentication 'modules/authentication.bicep' = if (authenticationInFront) {
  params: {
    siteName: resourceName
    apiClientId: apiClientId
    tenantId: tenantId
    allowedClientIds: allowedClientIds
  }
  dependsOn: [app]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    name: resourceName
    location: location
    tags: allTags
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
    actionGroupIds: actionGroupIds
    hostName: app.outputs.hostName
    // Where only a private endpoint leads in, nobody can ask from outside.
    availabilityLocations: privateInbound ? [] : availabilityLocations
  }
}

module workbook 'modules/workbook.bicep' = {
  params: { location: location, tags: allTags, insightsId: monitoring.outputs.insightsId, title: resourceName }
}

@description('Name of the app, for the deployment of the package.')
output appName string = app.outputs.name

@description('Address of the API, for npm run doctor and for callers.')
output address string = 'https://${app.outputs.hostName}'

@description('Object id of the managed identity, for graph-grant.bicep and for the wait before the first deployment of the package.')
output identityPrincipalId string = identity.outputs.principalId

@description('Client id of the managed identity, for infra/scripts/entra.sh grants.')
output identityClientId string = identity.outputs.clientId

@description('Resource id of the storage account, for the wait before the first deployment of the package.')
output storageId string = storage.outputs.id

@description('Whom alerts tell.')
output alertsTell string = empty(alertEmail) && empty(actionGroupIds)
  ? 'nobody'
  : join(concat(empty(alertEmail) ? [] : [alertEmail], actionGroupIds), ', ')

@description('Name of the resource group.')
output resourceGroupName string = resourceGroup().name
