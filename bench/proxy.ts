import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Pool } from 'undici';

// The outermost row: no Functions at all, a server that passes each request on to Graph over one pool of connections.
const graph = new Pool(process.env.GRAPH_ROOT ?? '', { connections: null });
const collection = '/beta/deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance';

const server = createServer((request, response) => {
  const path = `${collection}${(request.url ?? '').replace('/api/v1/model-performance', '')}`;
  const pass = async () => {
    const method = request.method === 'PATCH' ? 'PATCH' : 'GET';
    const body = method === 'PATCH' ? await buffer(request) : null;
    const answer = await graph.request({ method, path, body, headers: { 'content-type': 'application/json' } });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    response.writeHead(answer.statusCode, { 'content-type': 'application/json', 'content-length': bytes.length });
    response.end(bytes);
  };
  pass().catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
