import { once } from 'node:events';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

/** Where the API runs (an origin, without `/api`), the token for it and a model that may be changed. */
export interface Target {
  readonly baseUrl: string;
  readonly token?: string;
  readonly modelId: string;
}

export interface Call {
  readonly method: string;
  /** Goes out exactly as it is written. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sends the body with `Transfer-Encoding: chunked`, as .NET's `PatchAsJsonAsync` does. */
  readonly chunked?: boolean;
  readonly withoutToken?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Makes one call; the body of the answer is read as JSON unless it is empty. */
export async function call(
  target: Target,
  { method, path, headers, body, chunked, withoutToken }: Call,
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(target.baseUrl);
  const send = protocol === 'https:' ? tlsRequest : plainRequest;
  const sending = send({
    hostname,
    port,
    path,
    method,
    agent: false,
    headers: {
      ...(target.token !== undefined && !withoutToken && { authorization: `Bearer ${target.token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': Buffer.byteLength(body ?? '') }),
      ...headers,
    },
  });
  const answered = once(sending, 'response');
  sending.end(body);
  const [response] = (await answered) as [IncomingMessage];
  // An early refusal may cut off the rest of a body; the answer is there all the same.
  sending.on('error', () => undefined);
  const content = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: content === '' ? '' : JSON.parse(content),
  };
}
