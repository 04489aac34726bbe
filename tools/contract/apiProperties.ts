/** What identifies one organisation's connector to Entra ID. */
export interface Registration {
  /** Client id of the connector's own registration. */
  readonly connectorClientId: string;
  readonly tenantId: string;
}

/** The ground of connector/icon.png. */
export const brandColor = '#1f5f8b';

/** The file that tells Power Platform how a connection signs in, and how the connector looks. */
export function writeApiProperties({ connectorClientId, tenantId }: Registration): object {
  // The address of the API's registration, as infra/entra-application.bicep and infra/scripts/entra.sh make it.
  const resource = `api://${tenantId}/model-performance`;
  return {
    properties: {
      connectionParameters: {
        token: {
          type: 'oauthSetting',
          oAuthSettings: {
            identityProvider: 'aad',
            clientId: connectorClientId,
            scopes: [],
            redirectMode: 'GlobalPerConnector',
            redirectUrl: 'https://global.consent.azure-apim.net/redirect',
            properties: {
              IsFirstParty: 'False',
              AzureActiveDirectoryResourceId: resource,
            },
            customParameters: {
              loginUri: { value: 'https://login.microsoftonline.com' },
              tenantId: { value: tenantId },
              resourceUri: { value: resource },
              enableOnbehalfOfLogin: { value: 'false' },
            },
          },
        },
        'token:TenantId': {
          type: 'string',
          metadata: { sourceType: 'AzureActiveDirectoryTenant' },
          uiDefinition: { constraints: { hidden: 'true', required: 'false' } },
        },
      },
      iconBrandColor: brandColor,
      capabilities: ['actions'],
      policyTemplateInstances: [
        // Flows keep application/json readable. What they make of application/problem+json is nowhere documented.
        {
          templateId: 'setheader',
          title: 'Errors that flows can read',
          parameters: {
            'x-ms-apimTemplateParameter.name': 'content-type',
            'x-ms-apimTemplateParameter.value': 'application/json',
            'x-ms-apimTemplateParameter.existsAction': 'override',
            'x-ms-apimTemplate-policySection': 'Response',
          },
        },
        // The link to the next page must lead through the connector's own gateway, or it would be asked without the connection's token.
        {
          templateId: 'updatenextlink',
          title: 'Next page',
          parameters: {
            'x-ms-apimTemplateParameter.nextLinkPropertyName': 'nextLink',
            'x-ms-apimTemplate-operationName': ['ListModelPerformance'],
          },
        },
      ],
      publisher: 'The operator of this connector',
    },
  };
}
