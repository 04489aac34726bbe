import { cloud, graphVersion, guidText, scale } from '../types.bicep'

@description('Name of the app; its address is made of it.')
param name string

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Identity that calls Graph, reads storage and sends telemetry.')
param identity { id: string, clientId: string }

@description('Addresses of the storage account, each with a slash at its end.')
param storage { blobs: string, queues: string, tables: string }

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

@description('Settings of the product itself, as the README lists them; an empty one counts as left out.')
param product {
  graphCloud: cloud
  graphVersion: graphVersion
  tenantId: guidText
  apiClientId: guidText
  allowedClientIds: guidText[]
  publicBaseUrl: string
  validation: string
  auditFrom: string
  samplingPercent: int
}

@description('Origins whose pages may call the API.')
param corsOrigins string[]

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
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
        maximumInstanceCount: scaling.maximumInstanceCount
        instanceMemoryMB: scaling.instanceMemoryMB
        alwaysReady: scaling.alwaysReady > 0 ? [{ name: 'http', instanceCount: scaling.alwaysReady }] : []
      }
    }
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      cors: empty(corsOrigins) ? null : { allowedOrigins: corsOrigins, supportCredentials: false }
      appSettings: [
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identity.clientId }
        { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.blobs }
        { name: 'AzureWebJobsStorage__queueServiceUri', value: storage.queues }
        { name: 'AzureWebJobsStorage__tableServiceUri', value: storage.tables }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: connectionString }
        // For the host; the app has its own setting.
        { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identity.clientId};Authorization=AAD' }
        { name: 'TELEMETRY_AUTHENTICATION', value: 'managed-identity' }
        { name: 'TELEMETRY_SAMPLING_PERCENT', value: string(product.samplingPercent) }
        { name: 'MANAGED_IDENTITY_CLIENT_ID', value: identity.clientId }
        { name: 'GRAPH_CLOUD', value: product.graphCloud }
        { name: 'GRAPH_VERSION', value: product.graphVersion }
        { name: 'ENTRA_TENANT_ID', value: product.tenantId }
        { name: 'ENTRA_API_CLIENT_ID', value: product.apiClientId }
        { name: 'ENTRA_ALLOWED_CLIENT_IDS', value: join(product.allowedClientIds, ',') }
        { name: 'PUBLIC_BASE_URL', value: product.publicBaseUrl }
        { name: 'VALIDATION', value: product.validation }
        { name: 'AUDIT_FROM', value: product.auditFrom }
      ]
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

@description('Name of the site.')
output name string = site.name

@description('Host name, without https://.')
output hostName string = site.properties.defaultHostName
