import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** An HTTP server on the loopback address. */
export interface Listener {
  /** `http://127.0.0.1:<port>`, or https. */
  readonly url: string;
  /** From now on connections are refused, and those that exist are reset (F21). */
  readonly refuse: () => void;
  /** Ends {@link refuse}, on the same port. */
  readonly accept: () => void;
  /** Ends with no connection and no timer left. */
  readonly close: () => Promise<void>;
}

/** Answers one request. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Wanted {
  readonly port: number;
  readonly serve: Serve;
  /** Certificate and key as PEM, for a server that speaks TLS. */
  readonly pem?: string;
}

/** Starts several servers, or none: when one fails, as on a port that is taken, the others are closed again. */
export async function listenAll<Name extends string>(
  wanted: Readonly<Record<Name, Wanted>>,
): Promise<Readonly<Record<Name, Listener>>> {
  const opened = new Map<string, Listener>();
  try {
    for (const name in wanted) opened.set(name, await listen(wanted[name]));
    return Object.fromEntries(opened) as Record<Name, Listener>;
  } catch (error) {
    await Promise.all([...opened.values()].map((listener) => listener.close()));
    throw error;
  }
}

/**
 * Listens on 127.0.0.1 and nowhere else.
 * @param port 0 for any free one
 * @param serve answers one request; when it throws because the caller or the emulator gave up, the connection is cut,
 *   otherwise the mistake is the emulator's own and goes out as a 500 that says so
 */
async function listen({ port, serve, pem }: Wanted): Promise<Listener> {
  const sockets = new Set<Socket>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed || request.socket.destroyed || isAbort(error)) {
        request.socket.destroy();
        return;
      }
      response.writeHead(500, { 'content-type': 'text/plain', connection: 'close' });
      response.end(`The emulator itself failed: ${error instanceof Error ? String(error.stack) : String(error)}`);
    });
  };
  const server = pem === undefined ? createServer(answer) : createTlsServer({ cert: pem, key: pem }, answer);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // Graph keeps idle connections for minutes; Node's five seconds would make lost connections that no fault asked for.
  server.keepAliveTimeout = 120_000;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: actualPort } = server.address() as AddressInfo;

  return {
    url: `${pem === undefined ? 'http' : 'https'}://127.0.0.1:${actualPort}`,
    refuse: () => {
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
    },
    accept: () => {
      if (!server.listening) server.listen(actualPort, '127.0.0.1');
    },
    close: () =>
      new Promise((resolve) => {
        // A server that refuses is closed already and says so with an error: either way it has ended.
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
