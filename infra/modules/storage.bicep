@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

@description('Copies of what is stored.')
param sku 'Standard_LRS' | 'Standard_ZRS'

@description('Only private endpoints reach it.')
param closed bool

@description('Workspace that gets the logs.')
param workspaceId string

@description('Containers of the deployed package and of jobs.')
param containerNames string[]

@description('Queues of jobs.')
param queueNames string[]

@description('Containers in which blobs are deleted by age.')
param jobContainerNames string[]

@description('Age at which those are deleted, in days.')
@minValue(2)
param jobDays int

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

    resource containers 'containers' = [
      for containerName in containerNames: {
        name: containerName
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queues 'queueServices' = {
    name: 'default'

    resource all 'queues' = [
      for queueName in queueNames: {
        name: queueName
      }
    ]
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'jobs-past-retention'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: map(jobContainerNames, container => '${container}/') }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: jobDays } } }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

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
