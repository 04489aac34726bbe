import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { triggerMetadata } from './binding.js';
import type { App } from './core.js';
import { forward } from './forward.js';
import { invoke } from './invocation.js';
import type { InvocationRequest } from './protocol.js';
import { limits, readRequest, refusalOf, Refused, type ClientError, type Incoming } from './request.js';
import { findRoute, type Match, type Route } from './routes.js';
import { traceContext } from './trace.js';

/** What is served: an app that has started, its routes, and the port of the library's own server. */
export interface Site {
  readonly app: App;
  readonly routes: readonly Route[];
  readonly streamPort: number;
}

/** The web server and what is under way. */
export interface Host {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  /** Calls whose invocation has not ended, or whose answer has not left. */
  readonly running: Set<Promise<unknown>>;
  /** From now on this is served; nothing: 503. */
  readonly serve: (site: Site | undefined) => void;
}

const homePage =
  '<!doctype html><title>Functions host</title><p>The functions host of this machine is up and running.</p>\n';

/** An HTTP server with the limits of the real host's. It answers 503 while there is nothing to serve. */
export function createHost(): Host {
  let served: Site | undefined;
  const sockets = new Set<Socket>();
  const running: Host['running'] = new Set();
  const times = { headersTimeout: 30_000, requestTimeout: 0, keepAliveTimeout: 130_000 };
  const server = createServer({ maxHeaderSize: limits.headerBytes, ...times }, (message, response) => {
    const site = served;
    if (!site) {
      end(response, 503);
      return;
    }
    const answered = answer(site, message, response).catch((error: unknown) => {
      if (!(error instanceof Refused) && !response.destroyed) site.app.log('error', 'host', inspect(error));
      if (response.headersSent) response.destroy();
      else end(response, error instanceof Refused ? error.status : 500);
    });
    runsUntil(running, Promise.all([answered, once(response, 'close')]));
  });
  // Without a listener Node answers 417 by itself; the real host passes the header on.
  server.on('checkExpectation', (message: IncomingMessage, response: ServerResponse) => {
    server.emit('request', message, response);
  });
  server.on('clientError', (error: ClientError, socket: Socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 ${refusalOf(error)} \r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    else socket.destroy();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const serve = (site: Site | undefined) => {
    served = site;
  };
  return { server, sockets, running, serve };
}

/** Counts what is under way until it has ended. */
export function runsUntil(running: Host['running'], work: Promise<unknown>): void {
  running.add(work);
  void work.catch(() => undefined).then(() => running.delete(work));
}

async function answer(site: Site, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const incoming = readRequest(message);
  const { path } = incoming.target;
  const match = findRoute(site.routes, incoming.method, path);
  if (!match) {
    if (path === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(homePage);
    else if (/^\/(admin|runtime)\//i.test(path)) end(response, 401, { 'www-authenticate': 'Bearer' });
    // The real host's bare 404, also for a method that no function of this path has.
    else end(response, 404);
    return;
  }
  // As the real host does: a body of a declared length is read before the function is called, a chunked one is not.
  const body = incoming.contentLength ? await buffer(message) : undefined;
  const call = callOf(match, incoming, body);
  const called = match.route.function;
  const invoked = invoke(site.app, called, call).catch((error: unknown) => {
    site.app.log('error', called.name, `Failed: ${inspect(error)}`);
  });
  await forward({ port: site.streamPort, invocationId: call.invocationId, incoming, body, response, invoked });
}

function callOf({ route, params }: Match, { headers, target }: Incoming, body: Buffer | undefined): InvocationRequest {
  return {
    invocationId: randomUUID(),
    inputData: [{ name: route.function.triggerName, data: { http: {} } }],
    triggerMetadata: triggerMetadata({ body, query: target.query, params, headers }),
    traceContext: traceContext(headers),
  };
}

/** An answer without a body. The rest of the request is not waited for. */
function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const close = status >= 400 && status !== 404 && { connection: 'close' };
  response.writeHead(status, { 'content-length': 0, ...headers, ...close });
  response.end();
}
