import { Client, Pool, type Dispatcher } from 'undici';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { Control } from './control.js';
import type { Received } from './received.js';

/** Most that is read of one answer; the object itself has less than 1 KiB (F27). */
const answerLimitBytes = 64 * 1024;

/** More 1xx answers than this before the real one are an attack or a fault (F19). */
const informationalLimit = 16;

/**
 * The last link of the Graph client's chain: one attempt on one host through an undici pool. Follows no redirect, decodes
 * nothing, reads at most 64 KiB, and is over at the attempt's limit. A body that breaks off after the status is `undefined`.
 */
export class Sending implements Middleware {
  readonly #pool: Pool;
  readonly #origin: string;
  readonly #options: Client.Options;

  constructor(root: string, connectMs: number) {
    this.#origin = new URL(root).origin;
    this.#options = { connect: { timeout: connectMs }, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 };
    this.#pool = new Pool(root, this.#options);
  }

  async execute(context: Context): Promise<void> {
    const { attempt } = Control.of(context);
    if (!attempt.freshConnection) {
      context.response = (await this.#send(this.#pool, context, attempt.signal)) as unknown as Response;
      return;
    }
    const own = new Client(this.#origin, this.#options);
    try {
      context.response = (await this.#send(own, context, attempt.signal)) as unknown as Response;
    } finally {
      void own.destroy();
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #send(dispatcher: Dispatcher, { request, options }: Context, signal: AbortSignal): Promise<Received> {
    const url = new URL(String(request));
    if (url.origin !== this.#origin) throw new Error('A request for another host than Graph.');
    const cut = new AbortController();
    let informational = 0;
    const answer = await dispatcher.request({
      path: url.pathname + url.search,
      method: options?.method as Dispatcher.HttpMethod,
      headers: { ...(options?.headers as Record<string, string>), 'accept-encoding': 'identity' },
      body: typeof options?.body === 'string' ? options.body : null,
      signal: AbortSignal.any([signal, cut.signal]),
      onInfo: () => {
        if (++informational > informationalLimit) cut.abort(new Error('A flood of 1xx answers.'));
      },
    });
    const { statusCode: status, headers } = answer;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      answer.body.on('error', () => undefined).destroy();
      throw Object.assign(new Error('An encoded answer that was not asked for.'), { code: 'CONTENT_ENCODED' });
    }
    return { status, headers, body: await readJson(answer.body) };
  }
}

/** The JSON value of a body; undefined when it breaks off, is too large, is not UTF-8 or not JSON: then the status is all that is known. */
async function readJson(body: Dispatcher.ResponseData['body']): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > answerLimitBytes) return undefined;
      chunks.push(chunk);
    }
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    return undefined;
  }
}
