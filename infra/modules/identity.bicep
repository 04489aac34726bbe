@description('Name of the identity.')
param name string

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags { *: string }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id, for the site.')
output id string = identity.id

@description('Client id, by which the code names the identity.')
output clientId string = identity.properties.clientId

@description('Object id, for role assignments and the Graph grant.')
output principalId string = identity.properties.principalId
