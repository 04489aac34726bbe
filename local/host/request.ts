import type { IncomingMessage } from 'node:http';
import { decodeUtf8, readTarget, type Target } from './target.js';

/** Limits of the real host's web server: Kestrel's defaults, and the host's own one for bodies. */
export const limits = { headerBytes: 32_768, headerCount: 100, requestLineBytes: 8192, bodyBytes: 104_857_600 };

/** A request that has passed what the web server checks before it looks for a function. */
export interface Incoming {
  readonly method: string;
  readonly target: Target;
  readonly host: string;
  /** Names in lower case; several lines of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Length of the body, if it was declared. */
  readonly contentLength: number | undefined;
  /** The body as it arrives. */
  readonly message: IncomingMessage;
}

/** A request that ends before any function sees it, with a bare answer of this status. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`Refused with ${status}`);
    this.status = status;
  }
}

/** Reads head and target. Refuses with the real host's statuses: 400, 404, 414, 431 or 500. (`refusalOf` answers what Node cannot read.) */
export function readRequest(message: IncomingMessage): Incoming {
  const { method = '', url = '', httpVersion } = message;
  if (`${method} ${url} HTTP/${httpVersion}\r\n`.length > limits.requestLineBytes) throw new Refused(414);
  if (message.rawHeaders.length / 2 > limits.headerCount) throw new Refused(431);
  const headers = readHeaders(message);
  if (url === '*') throw new Refused(404);
  const target = readTarget(url);
  const { host = '', 'content-length': declared } = headers;
  if (host === '') throw new Refused(500);
  if (!target || !URL.canParse(`http://${host}`)) throw new Refused(400);
  const contentLength = declared === undefined ? undefined : Number(declared);
  if (contentLength !== undefined && contentLength > limits.bodyBytes) throw new Refused(500);
  return { method, target, host, headers, contentLength, message };
}

/** Kestrel reads header values as UTF-8 and answers 400 when they are not. Node gives one character for each byte. */
function readHeaders(message: IncomingMessage): Record<string, string> {
  const lines = Object.entries(message.headersDistinct).map(([name, values = []]): [string, string] => {
    const value = decodeUtf8(Buffer.from(values.join(','), 'latin1'));
    if (value === undefined) throw new Refused(400);
    return [name, value];
  });
  return Object.fromEntries(lines);
}

/** A body as it arrives, refused with 413 when more comes than the limit allows. */
export async function* arriving({ message }: Incoming): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.bodyBytes) throw new Refused(413);
    yield chunk;
  }
}

/** What Node says of bytes that its parser cannot read. */
export interface ClientError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** The status that the real host gives to what Node's parser cannot read; a method that nobody knows is one that no function has. */
export function refusalOf({ code, rawPacket }: ClientError): number {
  if (code === 'HPE_INVALID_METHOD' && /^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(rawPacket?.toString('latin1') ?? ''))
    return 404;
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code?.startsWith('HPE_INVALID_CHUNK') ? 500 : 400;
}
