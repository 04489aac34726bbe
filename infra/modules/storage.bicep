@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Name of the identity that may read and write.')
param identityName string

@description('Object id of that identity.')
param principalId string

@description('Copies of what is stored.')
param sku 'Standard_LRS' | 'Standard_ZRS'

@description('Only private endpoints reach it.')
param closed bool

@description('Workspace that gets the logs.')
param workspaceId string

@description('Container of the deployed package.')
param containerName string

var roles = {
  blobs: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  queues: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tables: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: closed ? 'Deny' : 'Allow', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource container 'containers' = {
      name: containerName
      properties: { publicAccess: 'None' }
    }
  }

  resource queues 'queueServices' = {
    name: 'default'
  }

  resource tables 'tableServices' = {
    name: 'default'
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    name: guid(account.id, identityName, role.value)
    scope: account
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
    }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account::queues
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageWrite', enabled: true }]
  }
}

@description('Resource id, for private endpoints.')
output id string = account.id

@description('Address of its blobs, with a slash at its end.')
output blobs string = account.properties.primaryEndpoints.blob

@description('Address of its queues.')
output queues string = account.properties.primaryEndpoints.queue

@description('Address of its tables.')
output tables string = account.properties.primaryEndpoints.table
