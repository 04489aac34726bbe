import { app, type HttpRequest } from '@azure/functions';
import { DefaultAzureCredential } from '@azure/identity';
import { Client } from '@microsoft/microsoft-graph-client';
import { useAzureMonitor } from 'applicationinsights';

// The obvious facade, as samples show it: the SDK's default chain, a default credential for each call, telemetry as it comes.
useAzureMonitor();
const root = process.env.GRAPH_ROOT ?? '';

app.setup({ enableHttpStream: true });
app.http('model-performance-item', {
  route: 'v1/model-performance/{id}',
  methods: ['PATCH'],
  authLevel: 'anonymous',
  handler: async (request: HttpRequest) => {
    const credential = new DefaultAzureCredential({
      managedIdentityClientId: process.env.MANAGED_IDENTITY_CLIENT_ID ?? '',
    });
    const client = Client.initWithMiddleware({
      baseUrl: `${root}/`,
      defaultVersion: 'beta',
      authProvider: { getAccessToken: async () => (await credential.getToken(`${root}/.default`)).token },
    });
    const path = `/deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance/${request.params.id}`;
    const object: unknown = await client.api(path).patch(await request.json());
    return { status: 200, jsonBody: object };
  },
});
