@description('Object id of the identity that gets the roles.')
param principalId string

@description('Storage account of the app.')
param storageName string

@description('Queues of jobs in that account.')
param queueNames string[]

@description('Name of Application Insights.')
param insightsName string

// Every assignment is named by the identity's object id: an identity that was made anew gets assignments of its own, where a name made of
// the identity's name would be taken already. The id is known only while deploying, so a what-if does not show this module.
var roles = {
  blobs: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  queues: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  telemetry: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName

  resource service 'queueServices' existing = {
    name: 'default'

    resource queues 'queues' existing = [
      for queueName in queueNames: {
        name: queueName
      }
    ]
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

@description('Storage Blob Data Owner, on the account: the host makes containers of its own, for its locks and secrets.')
resource blobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, roles.blobs)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobs)
  }
}

@description('Storage Queue Data Contributor, on the queues of jobs and no others.')
resource queues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queueName, index) in queueNames: {
    name: guid(account::service::queues[index].id, principalId, roles.queues)
    scope: account::service::queues[index]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queues)
    }
  }
]

@description('Monitoring Metrics Publisher.')
resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, roles.telemetry)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.telemetry)
  }
}
