import type { Directory } from '../infra/azure-cli/directory.js';

const api = '10000000-0000-4000-8000-000000000001';
const identity = '10000000-0000-4000-8000-000000000002';
const system = '10000000-0000-4000-8000-000000000003';
const subscription = '20000000-0000-4000-8000-000000000001';

const tenantId = '10000000-0000-4000-8000-000000000009';
const appRoles = [
  { id: 'read', value: 'ModelPerformance.Read' },
  { id: 'write', value: 'ModelPerformance.Write' },
  { id: 'operate', value: 'ModelPerformance.Operate' },
];

/** The Entra ID of somebody who follows the documents. */
export const directory: Directory = {
  tenantId,
  subscriptions: { [subscription]: tenantId },
  people: [{ id: '10000000-0000-4000-8000-000000000004', kind: 'user', me: true }],
  azureRoles: [
    {
      scope: `/subscriptions/${subscription}/resourceGroups/models/providers/Microsoft.Storage/storageAccounts/st`,
      principalId: 'identity',
      createdOn: '2026-01-01T00:00:00Z',
    },
  ],
  applications: [
    {
      id: 'application',
      appId: api,
      identifierUris: [`api://${tenantId}/model-performance-production`],
      appRoles,
      api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ id: 'scope', value: 'access_as_user' }] },
    },
  ],
  servicePrincipals: [
    {
      id: 'graph',
      appId: '00000003-0000-0000-c000-000000000000',
      appRoles: [{ id: '9241abd9-d0e6-425a-bd4f-47ba86e767a4', value: 'DeviceManagementConfiguration.ReadWrite.All' }],
    },
    {
      id: 'api',
      appId: api,
      appRoles,
    },
    { id: 'identity', appId: identity, appRoles: [] },
    { id: 'system', appId: system, appRoles: [] },
  ],
  assignments: [],
  slow: 0,
  made: 0,
  calls: [],
};

/** What the documents put in angle brackets, and what somebody who follows them puts there. */
export const placeholders: Readonly<Record<string, string>> = {
  '<client id of the API>': api,
  '<client id of the system>': system,
  '<client id of a system>': system,
  '<client id of the identity>': identity,
  '<id of the subscription>': subscription,
  '<address>': 'http://127.0.0.1:7071',
  '<region>': 'westeurope',
  '<e-mail address>': 'operator@example.com',
  '<client id of the connector>': system,
  '<tag>': 'v1.0.0',
  '<app>': 'model-performance',
  '<environment>': 'production',
  '<group>': 'models',
  '<address of the environment>': 'https://models.crm.dynamics.com',
  '<solution>': 'Models',
  '<client secret>': 'secret',
  '<redirect address>': 'https://global.consent.azure-apim.net/redirect/models',
  '<output identityPrincipalId>': identity,
  '<object id of a system>': 'system',
};
