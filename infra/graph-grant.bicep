extension microsoftGraphV1

import { graphVersion, guidText } from 'types.bicep'

metadata name = 'Grants of the Model Performance API'
metadata description = 'Comes after main.bicep: the one permission on Microsoft Graph for the managed identity, and roles of the API for systems that call it. Whoever deploys it needs AppRoleAssignment.ReadWrite.All and Application.Read.All. infra/scripts/entra.sh grants does the same with the Azure CLI.'

@description('Object id of the managed identity: the output identityPrincipalId of main.bicep.')
param identityPrincipalId guidText

@description('Version of Microsoft Graph, as in main.bicep.')
param graphApiVersion graphVersion = 'beta'

@description('Client id of the API: the output apiClientId of entra-application.bicep.')
param apiClientId guidText

@description('Object ids of the systems and people that may update models, and with that read them.')
param writerPrincipalIds guidText[] = []

@description('Object ids of the systems and people that may only read.')
param readerPrincipalIds guidText[] = []

@description('Object ids of the people and systems that see, read and cancel the jobs of everybody.')
param operatorPrincipalIds guidText[] = []

var permissions = {
  beta: 'DeviceManagementConfiguration.ReadWrite.All'
  'v1.0': 'DeviceManagementManagedDevices.ReadWrite.All'
}
var roleIds = {
  'DeviceManagementConfiguration.ReadWrite.All': '9241abd9-d0e6-425a-bd4f-47ba86e767a4'
  'DeviceManagementManagedDevices.ReadWrite.All': '243333ab-4d21-40cb-a475-36241daa0842'
  'ModelPerformance.Read': 'b615128d-b969-4584-aad1-757213622e1a'
  'ModelPerformance.Write': '720664bb-3838-487d-9352-34a4f05dec0b'
  'ModelPerformance.Operate': '497ac8a3-99cc-4116-abee-f5e2b34847c2'
}

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: '00000003-0000-0000-c000-000000000000'
}

resource api 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: apiClientId
}

resource permission 'Microsoft.Graph/appRoleAssignedTo@v1.0' = {
  appRoleId: roleIds[permissions[graphApiVersion]]
  principalId: identityPrincipalId
  resourceId: graph.id
}

resource writers 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for principalId in writerPrincipalIds: {
    appRoleId: roleIds['ModelPerformance.Write']
    principalId: principalId
    resourceId: api.id
  }
]

resource readers 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for principalId in readerPrincipalIds: {
    appRoleId: roleIds['ModelPerformance.Read']
    principalId: principalId
    resourceId: api.id
  }
]

resource operators 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [
  for principalId in operatorPrincipalIds: {
    appRoleId: roleIds['ModelPerformance.Operate']
    principalId: principalId
    resourceId: api.id
  }
]

@description('The permission that the managed identity has now.')
output grantedPermission string = permissions[graphApiVersion]
