import type { Readable } from 'node:stream';
import { Client, errors, Pool, type Dispatcher } from 'undici';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { Limit } from '../deadline.js';
import { RequestOptions } from './requestOptions.js';
import type { GraphResponse } from './response.js';

/** More 1xx answers than this before the real one are an attack or a fault (F19). */
const informationalLimit = 16;

/**
 * The last link of the Graph client's chain: one attempt on one host through an undici pool. Follows no redirect, decodes
 * nothing, reads no more than the request allows (F27), and is over at the attempt's limit. A body that breaks off after the status is `undefined`.
 */
export class SendMiddleware implements Middleware {
  readonly #pool: Pool;
  readonly #origin: string;
  readonly #options: Client.Options;

  constructor(root: string, connectMs: number) {
    this.#origin = new URL(root).origin;
    // HTTP/1.1 alone: what a broken connection says of a write differs in HTTP/2.
    this.#options = {
      allowH2: false,
      connect: { timeout: connectMs },
      headersTimeout: 0,
      bodyTimeout: 0,
      pipelining: 1,
    };
    this.#pool = new Pool(root, this.#options);
  }

  async execute(context: Context): Promise<void> {
    const own = RequestOptions.of(context);
    if (own.attempt === undefined) throw new Error('A Graph request without its attempt.');
    const { limit, freshConnection } = own.attempt;
    if (!freshConnection) {
      context.response = (await this.#send(this.#pool, context, own, limit)) as unknown as Response;
      return;
    }
    const client = new Client(this.#origin, this.#options);
    try {
      context.response = (await this.#send(client, context, own, limit)) as unknown as Response;
    } finally {
      void client.destroy();
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #send(
    dispatcher: Dispatcher,
    { request, options }: Context,
    own: RequestOptions,
    limit: Limit,
  ): Promise<GraphResponse> {
    const url = new URL(String(request));
    if (url.origin !== this.#origin) throw new Error('A request for another host than Graph.');
    let informational = 0;
    const answer = await dispatcher.request({
      path: url.pathname + own.search,
      method: options?.method as Dispatcher.HttpMethod,
      headers: { ...(options?.headers as Record<string, string>), 'accept-encoding': 'identity' },
      body: typeof options?.body === 'string' ? options.body : null,
      signal: limit.signal,
      onInfo: () => {
        if (++informational > informationalLimit) limit.cut(new Error('A flood of 1xx answers.'));
      },
    });
    const { statusCode: status, headers } = answer;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      // Nobody asked for it: as with any other body that cannot be read, the status is all that is known.
      answer.body.on('error', () => undefined).destroy();
      return { status, headers, body: undefined };
    }
    return { status, headers, body: await readJson(answer.body, own.limits.answerBytes, status) };
  }
}

/**
 * The JSON value of a body; undefined when it breaks off, is too large, is not UTF-8 or not JSON: then the status is all that is known.
 * @throws HTTPParserError when what follows the header of a success is not HTTP: then not even the success can be trusted (F28)
 */
async function readJson(body: Dispatcher.ResponseData['body'], limitBytes: number, status: number): Promise<unknown> {
  try {
    const bytes = await readBytes(body, limitBytes);
    return bytes && JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof errors.HTTPParserError && status < 300) throw error;
    return undefined;
  }
}

/**
 * Every byte of a body; undefined when it is closed before its end. By events: `for await` costs a twentieth of an update.
 * @throws what broke it off, too many bytes among it
 */
function readBytes(body: Readable, limitBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limitBytes) body.destroy();
    });
    body.on('error', reject);
    body.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    body.on('close', () => {
      resolve(undefined);
    });
  });
}
