import { once } from 'node:events';
import { Agent, request, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { arriving, type Incoming } from './request.js';

/** How long the real host's proxy waits while nothing moves between it and the worker. */
const silenceLimitMs = 240_000;

/** How long the real host tries to pass on a head that its own client refuses to write. */
const refusedHeadMs = 1_900;

/** What belongs to one connection (RFC 9110 §7.6.1), and what the proxy says of itself. */
const notPassedOn = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
// Without a time limit of its own the agent does not heed the one that the worker announces for idle connections, and uses some that are
// just being closed. It must be another than that of a request: an equal one is taken to be set already, and the idle one stays.
const agent = new Agent({ keepAlive: true, timeout: silenceLimitMs + 1 });

/** One call on its way to the worker. */
export interface Forwarding {
  /** Of the library's own HTTP server. */
  readonly port: number;
  readonly invocationId: string;
  readonly incoming: Incoming;
  /** What the host has read already, because its length was declared; a chunked one is passed on as it arrives. */
  readonly body: Buffer | undefined;
  readonly response: ServerResponse;
  /** Resolves when the other half of the call, the invocation, has ended in any way. */
  readonly invoked: Promise<void>;
}

/**
 * The HTTP half of a call: passes the request on to the library's own server, and its answer back to the caller.
 *
 * As in the real host, the caller sees how this half ended only when the invocation has ended, too; only content of an answer goes out
 * before. And the library never ends an invocation whose HTTP half has not arrived. So a request is lost, and its caller waits for ever,
 * when its head cannot be written (a value that is not ASCII), when the library's server refuses it by itself (431, 417), or when the
 * caller's own `x-ms-invocation-id` goes along in the place of the host's.
 * Rejects, after the invocation has ended, when the worker gives no answer or one that cannot be passed back.
 */
export async function forward(call: Forwarding): Promise<void> {
  const { response, invoked } = call;
  try {
    const answer = await exchange(call);
    const headers = Object.entries(answer.headersDistinct).filter(([name]) => !notPassedOn.has(name));
    if (headers.some(([, values = []]) => !values.every(isAscii)))
      throw new Error('A header of the answer is not ASCII.');
    response.statusCode = answer.statusCode ?? 500;
    for (const [name, values = []] of headers) response.setHeader(name, values);
    await pipeline(answer, response, { end: false });
    await invoked;
    response.end();
  } catch (error) {
    await invoked;
    throw error;
  }
}

/** Sends the request; resolves with the head of the answer. */
async function exchange({ port, invocationId, incoming, body, response }: Forwarding): Promise<IncomingMessage> {
  const { method, target, host, headers } = incoming;
  if (!Object.values(headers).every(isAscii)) {
    await wait(refusedHeadMs);
    throw new Error('A header of the request is not ASCII: the proxy cannot write it.');
  }
  const worker = request({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path: target.url,
    headers: {
      'x-ms-invocation-id': invocationId,
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => !notPassedOn.has(name))),
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
      ...(body ? { 'content-length': body.length } : chunked(headers)),
    },
    timeout: silenceLimitMs,
  });
  worker.on('timeout', () => worker.destroy(new Error(`The function gave no answer for ${silenceLimitMs / 1000} s.`)));
  response.on('close', () => {
    if (!response.writableFinished) worker.destroy();
  });
  // Both fail through the wait for the answer; once that is over, a connection that breaks must not end the process.
  worker.on('error', () => undefined);
  send(worker, incoming, body);
  const [answer] = (await once(worker, 'response')) as [IncomingMessage];
  return answer;
}

function send(worker: ClientRequest, incoming: Incoming, body: Buffer | undefined): void {
  if (body) worker.end(body);
  else pipeline(arriving(incoming), worker).catch(() => undefined);
}

function chunked(headers: Readonly<Record<string, string>>): Record<string, string> {
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

const isAscii = (value: string) => /^[\t\x20-\x7e]*$/.test(value);
