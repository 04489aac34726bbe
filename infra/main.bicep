import { cloud, graphVersion, guidText, scale } from 'types.bicep'

metadata name = 'Model Performance API'
metadata description = 'The app on Flex Consumption with its identity, storage, monitoring, alerts and workbook. The registration in Entra ID comes before (entra-application.bicep), the Graph grant after (graph-grant.bicep).'

@description('Name of the app, and begin of all other names. Letters, digits and hyphens; the address of the app is made of it.')
@minLength(3)
@maxLength(40)
param name string

@description('Where everything is.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags { *: string } = {}

@description('Microsoft’s cloud that Graph and Entra ID are in: GRAPH_CLOUD.')
param graphCloud cloud = 'global'

@description('Version of Microsoft Graph: GRAPH_VERSION.')
param graphApiVersion graphVersion = 'beta'

@description('Tenant whose callers are let in.')
param tenantId guidText = tenant().tenantId

@description('Client id of the API’s registration: the output apiClientId of entra-application.bicep.')
param apiClientId guidText

@description('Client ids of the applications that may call. Empty: every one that was granted a role.')
param allowedClientIds guidText[] = []

@description('Lets the platform refuse calls without a token, too. Its refusals carry no body. Needs allowedClientIds.')
param authenticationInFront bool = false

@description('How strictly values are held: VALIDATION.')
param validation 'documented' | 'strict' = 'documented'

@description('Whether values are read before each write, for the audit: AUDIT_FROM.')
param auditFrom 'read' | 'none' = 'read'

@description('Address of the API when it is not the one that the platform gives, such as https://models.example.com.')
@maxLength(200)
param publicBaseUrl string = ''

@description('Origins whose pages may call the API, such as https://portal.example.com.')
param corsOrigins string[] = []

@description('Instances and their size.')
param scaling scale = { maximumInstanceCount: 40, instanceMemoryMB: 2048, alwaysReady: 0 }

@description('Outgoing calls through a network of its own, and storage by private endpoints alone.')
param privateNetworking bool = false

@description('Copies of what is stored: in one data centre, or in the zones of a region that has them.')
param storageSku 'Standard_LRS' | 'Standard_ZRS' = 'Standard_LRS'

@description('How long telemetry and audit events are kept, in days.')
@minValue(30)
@maxValue(730)
param retentionDays int = 90

@description('Share of the traces whose calls to Graph are kept: TELEMETRY_SAMPLING_PERCENT.')
@minValue(0)
@maxValue(100)
param samplingPercent int = 100

@description('Resource ids of the action groups that alerts tell.')
param actionGroupIds string[] = []

var containerName = 'deployment'
var storageName = 'st${uniqueString(resourceGroup().id, name)}'
var noCallers = authenticationInFront && empty(allowedClientIds)
  ? fail('authenticationInFront needs allowedClientIds: without a list the platform refuses everybody.')
  : ''
module identity 'modules/identity.bicep' = {
  params: { name: '${name}${noCallers}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    retentionDays: retentionDays
    identityName: name
    principalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: storageName
    location: location
    tags: tags
    identityName: name
    principalId: identity.outputs.principalId
    sku: storageSku
    closed: privateNetworking
    workspaceId: monitoring.outputs.workspaceId
    containerName: containerName
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  params: { name: name, location: location, tags: tags, storageId: storage.outputs.id }
}

module app 'modules/app.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    identity: { id: identity.outputs.id, clientId: identity.outputs.clientId }
    storage: { blobs: storage.outputs.blobs, queues: storage.outputs.queues, tables: storage.outputs.tables }
    containerName: containerName
    connectionString: monitoring.outputs.connectionString
    workspaceId: monitoring.outputs.workspaceId
    subnetId: network.?outputs.appSubnetId
    scaling: scaling
    product: {
      graphCloud: graphCloud
      graphVersion: graphApiVersion
      tenantId: tenantId
      apiClientId: apiClientId
      allowedClientIds: allowedClientIds
      publicBaseUrl: publicBaseUrl
      validation: validation
      auditFrom: auditFrom
      samplingPercent: samplingPercent
    }
    corsOrigins: corsOrigins
  }
}

module authentication 'modules/authentication.bicep' = if (authenticationInFront) {
  params: {
    siteName: name
    apiClientId: apiClientId
    tenantId: tenantId
    allowedClientIds: allowedClientIds
  }
  dependsOn: [app]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
    workspaceId: monitoring.outputs.workspaceId
    hostName: app.outputs.hostName
    actionGroupIds: actionGroupIds
  }
}

module workbook 'modules/workbook.bicep' = {
  params: { location: location, tags: tags, insightsId: monitoring.outputs.insightsId, title: name }
}

@description('Name of the app, for the deployment of the package.')
output appName string = app.outputs.name

@description('Address of the API, for npm run doctor and for callers.')
output address string = 'https://${app.outputs.hostName}'

@description('Object id of the managed identity, for graph-grant.bicep.')
output identityPrincipalId string = identity.outputs.principalId

@description('Client id of the managed identity, for infra/scripts/entra.sh grants.')
output identityClientId string = identity.outputs.clientId

@description('Name of the resource group.')
output resourceGroupName string = resourceGroup().name
