extension microsoftGraphV1

metadata name = 'Registration of the Model Performance API'
metadata description = 'Comes before main.bicep. Safe to run again: the registrations are found by their unique names. infra/scripts/entra.sh application and connector do the same with the Azure CLI.'

@description('Last part of the API’s address api://<tenant>/<name>, and the unique name by which the registration is found again. One for each environment: a role that is granted for development must not open production.')
@minLength(3)
@maxLength(60)
param name string

@description('Address that Power Platform shows once the connector was imported; empty before.')
@maxLength(500)
param connectorRedirectUri string = ''

@description('Lets the Azure CLI ask for tokens for this API, for people who hold a role: npm run doctor and the command line of bulk use it.')
param allowAzureCli bool = false

// Well-known client id of the Azure CLI.
var azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
var scopeId = '6ebec8ba-381a-47dc-88fd-ca1889b6bd51'

resource api 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: name
  displayName: 'Model Performance API (${name})'
  signInAudience: 'AzureADMyOrg'
  identifierUris: ['api://${tenant().tenantId}/${name}']
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: scopeId
        value: 'access_as_user'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Use model performance as the signed-in person'
        adminConsentDescription: 'Lets the application call this API for the signed-in person, with the roles of that person.'
        userConsentDisplayName: 'Use model performance for you'
        userConsentDescription: 'Lets the application call this API for you, with your roles.'
      }
    ]
    // Left out when it is not asked for: an empty list would take away what somebody has added by hand.
    ...(allowAzureCli ? { preAuthorizedApplications: [{ appId: azureCli, delegatedPermissionIds: [scopeId] }] } : {})
  }
  appRoles: [
    {
      id: 'b615128d-b969-4584-aad1-757213622e1a'
      value: 'ModelPerformance.Read'
      displayName: 'Read model performance'
      description: 'Lists and reads models.'
      allowedMemberTypes: ['Application', 'User']
      isEnabled: true
    }
    {
      id: '720664bb-3838-487d-9352-34a4f05dec0b'
      value: 'ModelPerformance.Write'
      displayName: 'Write model performance'
      description: 'Updates models; includes reading.'
      allowedMemberTypes: ['Application', 'User']
      isEnabled: true
    }
    {
      id: '497ac8a3-99cc-4116-abee-f5e2b34847c2'
      value: 'ModelPerformance.Operate'
      displayName: 'Operate jobs of model performance'
      description: 'Sees, reads and cancels the jobs of everybody; updates nothing.'
      allowedMemberTypes: ['Application', 'User']
      isEnabled: true
    }
  ]
}

resource apiPrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: api.appId
}

var connectorUniqueName = '${name}-connector'
var connectorDisplayName = 'Model Performance connector (${name})'
var connectorAccess = [{ resourceAppId: api.appId, resourceAccess: [{ id: scopeId, type: 'Scope' }] }]

// One of two, because a property cannot be left out of one: an empty list of addresses would take away that of a connector that was imported.
resource connector 'Microsoft.Graph/applications@v1.0' = if (empty(connectorRedirectUri)) {
  uniqueName: connectorUniqueName
  displayName: connectorDisplayName
  signInAudience: 'AzureADMyOrg'
  requiredResourceAccess: connectorAccess
}

resource importedConnector 'Microsoft.Graph/applications@v1.0' = if (!empty(connectorRedirectUri)) {
  uniqueName: connectorUniqueName
  displayName: connectorDisplayName
  signInAudience: 'AzureADMyOrg'
  requiredResourceAccess: connectorAccess
  web: { redirectUris: [connectorRedirectUri] }
}

var connectorAppId = empty(connectorRedirectUri) ? connector.?appId! : importedConnector.?appId!

resource connectorPrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: connectorAppId
}

@description('Client id of the API: the parameter apiClientId of main.bicep.')
output apiClientId string = api.appId

@description('Object id of the API’s enterprise application, for assignments of its roles.')
output apiPrincipalId string = apiPrincipal.id

@description('Client id of the connector, for its apiProperties.json.')
output connectorClientId string = connectorAppId

@description('Object id of the connector’s enterprise application.')
output connectorPrincipalId string = connectorPrincipal.id
