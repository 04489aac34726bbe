import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json as readJson } from 'node:stream/consumers';
import type { Emulator } from '../emulator/emulator.js';
import type { ServedCall } from '../host/report.js';
import { isStranger } from '../sameOrigin.js';
import { actions } from './actions.js';
import type { World } from './api.js';
import { emulatedParts, openFeed } from './feed.js';
import { ownRequestIds, watchJobs } from './jobs.js';

/** A page about the local system: what happens in it, and switches for what can go wrong. */
export interface Console {
  readonly url: string;
  /** Told about each call of the API; the second time when it has ended. */
  readonly served: (call: ServedCall) => void;
  readonly close: () => Promise<void>;
}

/** How many calls are remembered. */
const callLimit = 100;

/** Nothing is loaded from, sent to or shown inside another site. */
const security = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'elements.js': 'text/javascript; charset=utf-8',
  'panels.js': 'text/javascript; charset=utf-8',
};

/** The page's files are not compiled: they lie beside the source of this file. */
const folder = [join(__dirname, 'page'), join(__dirname, '../../../local/console/page')].find(existsSync) ?? '';

/**
 * Serves the page on the loopback address, to nobody but itself: see {@link isStranger}.
 * @param port 0 for any free one
 * @throws Error with code `EADDRINUSE` and the `port` when it is taken
 */
export async function startConsole(port: number, emulator: Emulator, apiUrl: string): Promise<Console> {
  const world: World = { emulator, apiUrl };
  let calls: ServedCall[] = [];
  const jobs = watchJobs(world);
  const feed = openFeed(() => ({ ...emulatedParts(emulator, calls), jobs: jobs() }));

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    const file = url === '/' ? 'index.html' : url.slice(1);
    const type = types[file];
    const action = actions[`${method} ${url}`];
    if (isStranger(isLink(request) ? { host: request.headers.host } : request.headers, address()))
      sendJson(response, 403, { error: 'This page is its own only reader.' });
    else if (method === 'GET' && type !== undefined)
      response.writeHead(200, { ...security, 'content-type': type }).end(readFileSync(join(folder, file)));
    else if (method === 'GET' && url === '/events') feed.join(response);
    else if (action === undefined) sendJson(response, 404, { error: `There is no ${method} ${url}.` });
    else sendJson(response, 200, (await action(world, method === 'GET' ? {} : await readBody(request))) ?? {});
  };
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: address(),
    served: (call) => {
      if (call.requestId.startsWith(ownRequestIds)) return;
      calls = [...calls.filter(({ key }) => key !== call.key), call].slice(-callLimit);
    },
    close: async () => {
      feed.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** JSON that says that it is: a form of another page could not, and would have to ask first. */
async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.headers['content-type'] !== 'application/json') throw new Error('The body must be application/json.');
  const body = await readJson(request);
  if (typeof body !== 'object' || body === null) throw new Error('The body must be an object.');
  return { ...body };
}

/** Somebody follows a link to the page: it may stand anywhere, because it opens the page and does nothing. */
function isLink({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    url === '/' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

function sendJson(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { ...security, 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}
