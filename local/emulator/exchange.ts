import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Drawn } from './armory.js';

/** One request as it was sent: the path is still encoded and not normalised, so that an escape from it can be seen. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** After the `?`, empty when there is none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came, for a server that decodes it. */
  readonly bytes?: Buffer;
  /** Whether the body's bytes are UTF-8. */
  readonly wellFormed: boolean;
  /** What the emulator calls this request, as Graph's `request-id` does. */
  readonly requestId: string;
  /** Of an item of a `$batch`: the batch's own `requestId`. */
  readonly batchId?: string;
}

/** One answer, before it is written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A fault of one item of a batch that concerns the connection, and so the answer of the whole batch. */
  readonly strikes?: Drawn;
  /** The longest delay of a batch's items: the answer waits for its slowest item. */
  readonly waitMs?: number;
}

export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Reads a request to its end. */
export async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return {
    method: request.method ?? '',
    ...splitTarget(request.url ?? ''),
    headers: headersOf(request),
    body: bytes.toString(),
    bytes,
    wellFormed: isUtf8(bytes),
    requestId: randomUUID(),
  };
}

export function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/** Writes an answer; a 204 or 304 has no body (RFC 9110 §6.4.1). */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(status === 204 || status === 304 ? '' : body);
  const length = status === 204 ? {} : { 'content-length': String(bytes.length) };
  response.writeHead(status, { ...headers, ...length });
  response.end(bytes);
}
