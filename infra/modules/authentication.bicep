import { guidText } from '../types.bicep'

@description('Name of the site.')
param siteName string

@description('Client id of the API’s registration.')
param apiClientId guidText

@description('Tenant whose tokens are let through.')
param tenantId guidText

@description('Applications that may call; the code holds the same list.')
param allowedClientIds string[]

resource site 'Microsoft.Web/sites@2024-11-01' existing = {
  name: siteName
}

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: [
        '/api/health/live'
        '/api/health/ready'
        '/api/openapi.json'
        '/api/docs'
        '/api/docs/start.js'
        '/api/docs/swagger-ui-bundle.js'
        '/api/docs/swagger-ui.css'
      ]
    }
    httpSettings: { requireHttps: true }
    login: { tokenStore: { enabled: false } }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: apiClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [apiClientId]
          // Left out, the platform answers 403 to every application but the registration itself.
          defaultAuthorizationPolicy: { allowedApplications: allowedClientIds }
        }
      }
    }
  }
}
