import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { arriving, type Incoming } from './request.js';

/** How long the real host's proxy waits while nothing moves between it and the worker. */
const silenceLimitMs = 240_000;

/**
 * How much of a declared body may be on its way to the worker when the answer comes. The real host's proxy fails then (reported for bodies
 * above some 25 MB, error `RequestBodyDestination`) and the caller gets a 500. Part of such a body fits into the buffers of two sockets,
 * so the limit for the rest is lower.
 */
const earlyAnswerLimitBytes = 16 * 1024 * 1024;

const sliceBytes = 64 * 1024;
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
// Without a time limit of its own the agent does not heed the one that the worker announces for idle connections, and uses some that are
// just being closed. It must be another than that of a request: an equal one is taken to be set already, and the idle one stays.
const agent = new Agent({ keepAlive: true, timeout: silenceLimitMs + 1 });

/**
 * Stream mode: passes a request on to the library's own HTTP server and its answer back to the caller, with the caller's headers as the
 * real host does. The library takes the body, method and address from here, and headers and parameters from the invocation.
 * @param body what the host has read already, because its length was declared; a chunked one is passed on as it arrives
 * Rejects when the worker gives no answer, or gives it too early; when the answer has begun by then, the connection is cut.
 */
export async function forward(
  port: number,
  invocationId: string,
  incoming: Incoming,
  body: Buffer | undefined,
  response: ServerResponse,
): Promise<void> {
  const { method, target, host, headers } = incoming;
  const framing = body ? { 'content-length': body.length } : chunked(headers);
  const worker = request({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path: target.url,
    headers: {
      ...forwarded(headers),
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
      ...framing,
    },
    timeout: silenceLimitMs,
  });
  worker.on('timeout', () => worker.destroy(new Error(`The function gave no answer for ${silenceLimitMs / 1000} s.`)));
  response.on('close', () => {
    if (!response.writableFinished) worker.destroy();
  });

  let unsentBytes = body?.length ?? 0;
  const slices = async function* () {
    if (!body) yield* arriving(incoming);
    for (let at = 0; body && at < body.length; at += sliceBytes) {
      const slice = body.subarray(at, at + sliceBytes);
      unsentBytes -= slice.length;
      yield slice;
    }
  };
  // Both fail through the wait for the answer; once that is over, a connection that breaks must not end the process.
  worker.on('error', () => undefined);
  pipeline(slices, worker).catch(() => undefined);

  const [answer] = (await once(worker, 'response')) as [IncomingMessage];
  if (unsentBytes > earlyAnswerLimitBytes) {
    worker.destroy();
    throw new Error('RequestBodyDestination: the function answered while most of a large body was still unread.');
  }
  response.statusCode = answer.statusCode ?? 500;
  for (const [name, values = []] of Object.entries(answer.headersDistinct)) {
    if (!hopByHop.has(name)) response.setHeader(name, values);
  }
  await pipeline(answer, response);
}

/** Node writes one byte for each character. */
function forwarded(headers: Readonly<Record<string, string>>): Record<string, string> {
  const sent = Object.entries(headers).filter(([name]) => !hopByHop.has(name) && name !== 'host' && name !== 'expect');
  return Object.fromEntries(sent.map(([name, value]) => [name, Buffer.from(value).toString('latin1')]));
}

function chunked(headers: Readonly<Record<string, string>>): Record<string, string> {
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}
