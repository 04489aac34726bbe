import { scale } from '../types.bicep'

@description('Name of the app; its address is made of it.')
param name string

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Identity that calls Graph, reads storage and sends telemetry.')
param identity { id: string, clientId: string }

@description('Addresses of the storage account, each with a slash at its end.')
param storage { blobs: string, queues: string }

@description('Container of the deployed package.')
param containerName string

@description('Where telemetry goes.')
param connectionString string

@description('Workspace that gets the platform’s logs.')
param workspaceId string

@description('Subnet for outgoing calls.')
param subnetId string?

@description('Instances and their size.')
param scaling scale

@description('Settings of the product itself, by their names; an empty one counts as left out.')
param product { *: string }

@description('Origins whose pages may call the API.')
param corsOrigins string[]

@description('Address ranges that may call; empty: every address.')
param allowedRanges string[]

@description('Only a private endpoint reaches it.')
param closed bool

// Deployments come from elsewhere, and need a token: what is restricted is the API. Availability tests are let in by the name that Azure keeps for them.
var allowed = concat(map(allowedRanges, range => { ipAddress: range, tag: 'Default' }), [
  { ipAddress: 'ApplicationInsightsAvailability', tag: 'ServiceTag' }
])
var restrictions = {
  ipSecurityRestrictionsDefaultAction: 'Deny'
  ipSecurityRestrictions: map(range(0, length(allowed)), index => {
    ...allowed[index]
    action: 'Allow'
    priority: 100 + index
    name: 'allowed-${index}'
  })
  scmIpSecurityRestrictionsUseMain: false
}

@description('Name of the function that runs jobs, as the code registers it.')
var jobFunction = 'jobs'

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: scaling.zoneRedundant }
}

resource site 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  // azd finds the service by this tag.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: subnetId
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
    // The published types do not know siteUpdateStrategy yet: it is a preview.
    #disable-next-line BCP037
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.blobs}${containerName}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: {
        maximumInstanceCount: scaling.maximumInstances
        instanceMemoryMB: scaling.instanceMemoryMB
        triggers: { http: { perInstanceConcurrency: scaling.callsPerInstance } }
        // The function that runs jobs is scaled by itself, after its queue; all of HTTP together.
        alwaysReady: filter(
          [
            { name: 'http', instanceCount: scaling.alwaysReady }
            { name: 'function:${jobFunction}', instanceCount: scaling.alwaysReadyJobs }
          ],
          group => group.instanceCount > 0
        )
      }
      ...(scaling.rollingUpdates ? { siteUpdateStrategy: { type: 'RollingUpdate' } } : {})
    }
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      cors: empty(corsOrigins) ? null : { allowedOrigins: corsOrigins, supportCredentials: false }
      ...(empty(allowedRanges) ? {} : restrictions)
      appSettings: concat(
        [
          { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
          { name: 'AzureWebJobsStorage__clientId', value: identity.clientId }
          { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.blobs }
          { name: 'AzureWebJobsStorage__queueServiceUri', value: storage.queues }
          { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: connectionString }
          // For the host; the app has its own setting.
          {
            name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
            value: 'ClientId=${identity.clientId};Authorization=AAD'
          }
          { name: 'TELEMETRY_AUTHENTICATION', value: 'managed-identity' }
          { name: 'MANAGED_IDENTITY_CLIENT_ID', value: identity.clientId }
        ],
        map(items(product), setting => { name: setting.key, value: setting.value })
      )
    }
  }

  resource noFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noPasswords 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: site
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
  }
}

@description('Resource id of the site.')
output id string = site.id

@description('Name of the site.')
output name string = site.name

@description('Host name, without https://.')
output hostName string = site.properties.defaultHostName
