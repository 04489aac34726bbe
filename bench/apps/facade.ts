import { app, type HttpRequest } from '@azure/functions';
import { Pool } from 'undici';

// The least facade: forwards the caller's JSON to Graph over one pool of connections, and the answer back. It checks nothing.
const graph = new Pool(process.env.GRAPH_ROOT ?? '', { connections: null });
const collection = '/beta/deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance';

async function forward(method: 'GET' | 'PATCH', path: string, body?: string) {
  const headers = { authorization: 'Bearer x', ...(body !== undefined && { 'content-type': 'application/json' }) };
  const answer = await graph.request({ method, path, headers, ...(body !== undefined && { body }) });
  return { status: answer.statusCode, jsonBody: await answer.body.json() };
}

app.setup({ enableHttpStream: true });
app.http('model-performance', {
  route: 'v1/model-performance',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: () => forward('GET', collection),
});
app.http('model-performance-item', {
  route: 'v1/model-performance/{id}',
  methods: ['PATCH'],
  authLevel: 'anonymous',
  handler: async (request: HttpRequest) => forward('PATCH', `${collection}/${request.params.id}`, await request.text()),
});
