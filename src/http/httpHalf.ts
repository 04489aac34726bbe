import type { IncomingMessage, ServerResponse } from 'node:http';

/** The half of a call that comes by HTTP, before the library has seen it. */
export interface HttpHalf {
  /** What the caller sent, and what the host added. Several lines of one name are one list (RFC 9110 §5.3); Node would keep the first of some. */
  readonly headers: () => Record<string, string>;
  /** Resolves when a body that nobody reads is through: the host may answer 500 of its own to an answer that comes before. */
  readonly unread: Promise<void>;
  /** Passes it on to the library. */
  readonly deliver: () => void;
  /** Ends it with a bare 400. */
  readonly refuse: () => void;
}

/** How much of a body that nobody reads is waited for, and how long. */
const unreadLimit = { bytes: 32 * 1024 * 1024, ms: 5_000 };

export function openHalf(request: IncomingMessage, response: ServerResponse, deliver: () => void): HttpHalf {
  return {
    headers: () =>
      Object.fromEntries(
        Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join(', ')]),
      ),
    unread: request.method === 'GET' || request.method === 'HEAD' ? readAway(request) : Promise.resolve(),
    deliver,
    refuse: () => {
      response.writeHead(400, { 'content-length': 0, connection: 'close' }).end();
    },
  };
}

/** The library gives the body of a GET to nobody. */
function readAway(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, unreadLimit.ms).unref();
    const through = () => {
      clearTimeout(timer);
      resolve();
    };
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > unreadLimit.bytes) through();
    });
    request.once('end', through).once('close', through);
  });
}
