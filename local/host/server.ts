import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { triggerMetadata } from './binding.js';
import type { App } from './core.js';
import { forward } from './forward.js';
import { invoke } from './invocation.js';
import type { HttpData, InvocationRequest, TypedData } from './protocol.js';
import { limits, readRequest, Refused, type Incoming } from './request.js';
import { findRoute, type Match, type Route } from './routes.js';
import { traceContext } from './trace.js';

/** What is served: an app that has started, its routes, and in stream mode the port of the library's server. */
export interface Site {
  readonly app: App;
  readonly routes: readonly Route[];
  readonly streamPort: number | undefined;
}

/** An HTTP server with the limits of the real host's. It answers 503 while there is nothing to serve. */
export function createHost(): { server: Server; serve: (site: Site | undefined) => void } {
  let served: Site | undefined;
  const times = { headersTimeout: 30_000, requestTimeout: 0, keepAliveTimeout: 130_000 };
  const server = createServer({ maxHeaderSize: limits.headerBytes, ...times }, (message, response) => {
    const site = served;
    if (!site) {
      end(response, 503);
      return;
    }
    answer(site, message, response).catch((error: unknown) => {
      if (!(error instanceof Refused) && !response.destroyed) site.app.log('error', 'host', inspect(error));
      if (response.headersSent) response.destroy();
      else end(response, error instanceof Refused ? error.status : 500);
    });
  });
  const serve = (site: Site | undefined) => {
    served = site;
  };
  return { server, serve };
}

async function answer(site: Site, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const incoming = readRequest(message);
  const { method, target } = incoming;
  const match = findRoute(site.routes, method, target.path);
  if (!match) {
    // The real host's home page, without its content; and its bare 404, also for a method that no function of this path has.
    end(response, target.path === '/' ? 204 : 404);
    return;
  }
  // As the real host does: a body of a declared length is read before the function is called, a chunked one is not.
  const body = incoming.contentLength ? await buffer(message) : undefined;
  const call = callOf(match, incoming, body, site.streamPort !== undefined);
  if (site.streamPort === undefined) await answerBuffered(site.app, match, call, response);
  else await answerStreamed(site.app, site.streamPort, match, call, incoming, body, response);
}

/** A failure of the function is only logged: the library then never answers, and the caller waits until the host gives up. */
async function answerStreamed(
  app: App,
  port: number,
  match: Match,
  call: InvocationRequest,
  incoming: Incoming,
  body: Buffer | undefined,
  response: ServerResponse,
): Promise<void> {
  const called = match.route.function;
  invoke(app, called, call).catch((error: unknown) => {
    app.log('error', called.name, `Failed: ${inspect(error)}`);
  });
  await forward(port, call.invocationId, incoming, body, response);
}

/** Without stream mode the answer comes back with the call. Nothing is 204; a failure is a 500 with an empty body. */
async function answerBuffered(
  app: App,
  match: Match,
  call: InvocationRequest,
  response: ServerResponse,
): Promise<void> {
  const called = match.route.function;
  let http: HttpData | undefined;
  try {
    http = (await invoke(app, called, call)).returnValue?.http;
    if (http?.cookies?.length) throw new Error('Cookies are emulated in stream mode only.');
  } catch (error) {
    app.log('error', called.name, `Failed: ${inspect(error)}`);
    end(response, 500);
    return;
  }
  response.writeHead(Number(http?.statusCode ?? 204), { ...http?.headers });
  response.end(http?.body?.bytes);
}

function callOf(match: Match, incoming: Incoming, body: Buffer | undefined, streamed: boolean): InvocationRequest {
  const { params } = match;
  const { headers, target } = incoming;
  return {
    invocationId: randomUUID(),
    inputData: [
      { name: match.route.function.triggerName, data: { http: streamed ? {} : httpData(match, incoming, body) } },
    ],
    triggerMetadata: triggerMetadata({ body, query: target.query, params, headers }),
    traceContext: traceContext(headers),
  };
}

function httpData({ params }: Match, incoming: Incoming, body: Buffer | undefined): HttpData {
  const { method, target, host, headers } = incoming;
  const query = [...new Set(target.query.keys())].map((name) => [name, target.query.getAll(name).join(',')]);
  const bytes: TypedData | null = body ? { bytes: body } : null;
  return {
    method,
    url: `http://${host}${target.url}`,
    body: bytes,
    nullableHeaders: nullable(headers),
    nullableParams: nullable(params),
    nullableQuery: nullable(Object.fromEntries(query) as Record<string, string>),
  };
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** An answer without a body. The rest of the request is not waited for. */
function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0, ...(status >= 400 && status !== 404 && { connection: 'close' }) });
  response.end();
}
