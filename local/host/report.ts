import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** One call of the API, as its caller sees it; told once when it comes and once more when it has ended. */
export interface ServedCall {
  readonly key: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** 0 when the connection ended without an answer. */
  readonly status?: number;
  /** The caller's own, then the one of the answer. */
  readonly requestId: string;
  /** The code of a problem. */
  readonly code?: string;
}

/** Tells the process that started this one, if it listens, about each call. */
export function reportCalls(server: Server): void {
  if (process.send === undefined) return;
  const tell = (call: ServedCall) => process.connected && process.send?.({ call });
  server.on('request', ({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse) => {
    const asked = String(headers['x-request-id'] ?? '');
    const call = { key: randomUUID(), method, path: url, startedAt: Date.now(), requestId: asked };
    tell(call);
    response.on('close', () => {
      const text = (name: string) => String(response.getHeader(name) ?? '');
      const status = response.headersSent ? response.statusCode : 0;
      tell({ ...call, endedAt: Date.now(), status, requestId: text('x-request-id'), code: text('x-ms-error-code') });
    });
  });
}
