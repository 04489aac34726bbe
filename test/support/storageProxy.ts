import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { hostUserAgent } from '../../local/host/queueClient.js';
import { connectionStringOf, type Storage } from '../../local/storage.js';

/** One request to storage. */
export interface StorageRequest {
  /** Counts the app's requests from 1 on, blobs and queues together; 0 for those of the functions host, which come as they like. */
  readonly number: number;
  readonly service: 'blob' | 'queue';
  readonly method: string;
  /** After the account, with the query: `/jobs/a/b?comp=lease`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Arrival, in milliseconds since 1970. */
  readonly at: number;
  /** Of the answer that storage gave, whether or not it was passed on; 0 as long as there is none. */
  readonly status: number;
}

/**
 * What happens to a request instead of the usual: `cut` ends the connection before storage has seen it, `lose answer` after storage has done
 * it; `hang` neither passes it on nor answers; a status is answered in place of storage; a delay comes before it is passed on.
 */
export type Strike = 'cut' | 'lose answer' | 'hang' | { readonly status: number } | { readonly delayMs: number };

/** Stands between the app and Azurite. */
export interface StorageProxy {
  readonly environment: { readonly AzureWebJobsStorage: string };
  readonly connectionString: string;
  /** Asked about each request from now on; takes the place of what was asked before. */
  readonly strike: (decide: (request: StorageRequest) => Strike | undefined) => void;
  /** Every connection is cut, and nothing gets through until {@link back}. */
  readonly away: () => void;
  readonly back: () => void;
  /** What has come since the start or the last {@link clear}. */
  readonly requests: () => readonly StorageRequest[];
  /** Forgets the requests, counts from 1 again, strikes no more. */
  readonly clear: () => void;
  readonly close: () => Promise<void>;
}

type Draft = { -readonly [Key in keyof StorageRequest]: StorageRequest[Key] };

/** Starts it on free ports in front of a storage that speaks plain HTTP. A request is signed without its port, so it is passed on as it is. */
export async function startStorageProxy(storage: Pick<Storage, 'blobUrl' | 'queueUrl'>): Promise<StorageProxy> {
  let drafts: Draft[] = [];
  let count = 0;
  let decide: (request: StorageRequest) => Strike | undefined = () => undefined;
  let isAway = false;
  const sockets = new Set<Socket>();

  const draftOf = (
    service: StorageRequest['service'],
    root: string,
    { method = '', url = '', headers }: IncomingMessage,
  ) => {
    const number = headers['user-agent']?.includes(hostUserAgent) ? 0 : (count += 1);
    const path = url.slice(new URL(root).pathname.length);
    const draft: Draft = { number, service, method, path, headers, at: Date.now(), status: 0 };
    drafts.push(draft);
    return draft;
  };
  const serve = async (service: StorageRequest['service'], root: string): Promise<Server> => {
    const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
      const draft = draftOf(service, root, incoming);
      const body = await buffer(incoming);
      const strike = isAway ? 'cut' : decide({ ...draft });
      if (strike === 'hang') return;
      if (strike === 'cut') incoming.socket.destroy();
      else if (typeof strike === 'object' && 'status' in strike) refuse(response, strike.status);
      else {
        if (strike !== undefined && typeof strike === 'object') await pause(strike.delayMs);
        await passOn(root, incoming, body, response, draft, strike === 'lose answer');
      }
    };
    const server = createServer((incoming, response) => {
      answer(incoming, response).catch(() => incoming.socket.destroy());
    });
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      if (isAway) socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  const [blob, queue] = [await serve('blob', storage.blobUrl), await serve('queue', storage.queueUrl)];

  const connectionString = connectionStringOf(through(blob, storage.blobUrl), through(queue, storage.queueUrl));
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    environment: { AzureWebJobsStorage: connectionString },
    connectionString,
    strike: (given) => (decide = given),
    away: () => {
      isAway = true;
      cutAll();
    },
    back: () => (isAway = false),
    requests: () => drafts.map((draft) => ({ ...draft })),
    clear: () => {
      drafts = [];
      count = 0;
      decide = () => undefined;
    },
    close: async () => {
      const closed = Promise.all([blob, queue].map((server) => once(server.close(), 'close')));
      cutAll();
      await closed;
    },
  };
}

/** The same address at the proxy's port. */
function through(server: Server, root: string): string {
  const url = new URL(root);
  url.port = String((server.address() as AddressInfo).port);
  return url.href;
}

/** A refusal as storage writes it. */
function refuse(response: ServerResponse, status: number): void {
  const code = status === 503 ? 'ServerBusy' : status === 403 ? 'AuthorizationFailure' : 'InternalError';
  response.writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code });
  response.end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>As told.</Message></Error>`);
}

async function passOn(
  root: string,
  { method, url, headers, socket }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  draft: Draft,
  loseAnswer: boolean,
): Promise<void> {
  const { hostname, port } = new URL(root);
  // A connection of its own: one that is kept alive can be closed by Azurite at the wrong moment, which would be a fault that nobody asked for.
  const outgoing = send({
    hostname,
    port,
    method,
    path: url,
    headers: { ...headers, connection: 'close' },
    agent: false,
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const content = await buffer(answer);
  draft.status = answer.statusCode ?? 0;
  if (loseAnswer) {
    socket.destroy();
    return;
  }
  const kept = Object.entries(answer.headers).filter(([name]) => name !== 'connection' && name !== 'transfer-encoding');
  const length = method === 'HEAD' ? {} : { 'content-length': content.length };
  response.writeHead(draft.status, { ...Object.fromEntries(kept), ...length });
  response.end(content);
}
