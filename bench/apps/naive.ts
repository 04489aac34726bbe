import { app, type HttpRequest } from '@azure/functions';
import { DefaultAzureCredential } from '@azure/identity';
import { Client, GraphError } from '@microsoft/microsoft-graph-client';
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
    const { token } = await credential.getToken(`${root}/.default`);
    const client = Client.initWithMiddleware({
      baseUrl: `${root}/`,
      defaultVersion: 'beta',
      authProvider: { getAccessToken: () => Promise.resolve(token) },
    });
    const path = `/deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance/${request.params.id}`;
    try {
      // The client itself sends a token to Graph's own addresses alone, and never without TLS.
      const call = client.api(path).header('authorization', `Bearer ${token}`);
      const object: unknown = await call.patch(await request.json());
      return { status: 200, jsonBody: object };
    } catch (error) {
      return { status: error instanceof GraphError ? error.statusCode : 500 };
    }
  },
});
