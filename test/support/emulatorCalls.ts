import { connect } from 'node:net';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import type { Emulator } from '../../local/emulator/emulator.js';
import { seed, type Model } from '../../local/emulator/models.js';
import { until } from './until.js';

/** Path of the collection, or of one object, on beta. */
export const beta = (id?: string): string => `/beta/${modelPerformance.path}${id === undefined ? '' : `/${id}`}`;

/** The first object of the seed. */
export function firstModel(): Model {
  const [first] = seed();
  if (!first) throw new Error('The seed is empty.');
  return first;
}

/** A token of the managed identity, asked for as App Service's clients do. */
export async function graphToken(emulator: Emulator, resource = 'https://graph.microsoft.com'): Promise<string> {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = emulator.identityEnvironment;
  const query = new URLSearchParams({ resource, 'api-version': '2019-08-01', client_id: emulator.clientId });
  const response = await fetch(`${IDENTITY_ENDPOINT}?${query.toString()}`, {
    headers: { 'x-identity-header': IDENTITY_HEADER },
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

export interface Raw {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Everything that came over one connection, and how it ended; `left` when we went away first. */
export interface Captured {
  readonly text: string;
  readonly end: 'fin' | 'reset' | 'left';
}

/**
 * Sends one request over a connection of its own and takes down every byte until it ends.
 * @param enough leaves as soon as this holds for what has come
 */
export function capture(
  url: string,
  { method, path, headers = {}, body = '' }: Raw,
  enough: (text: string) => boolean = () => false,
): Promise<Captured> {
  const { hostname, port } = new URL(url);
  const lines = Object.entries({ host: `${hostname}:${port}`, connection: 'close', ...headers });
  const length = body === '' ? [] : [['content-length', String(Buffer.byteLength(body))]];
  const head = [...lines, ...length].map((line) => line.join(': ')).join('\r\n');

  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    let end: Captured['end'] = 'fin';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!enough(text)) return;
      end = 'left';
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') end = 'reset';
      else reject(error);
    });
    socket.on('close', () => {
      resolve({ text, end });
    });
    socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${body}`);
  });
}

/** Resolves as soon as a request that fits has arrived. */
export async function arrived(emulator: Emulator, filter: { id?: string; method?: string }, count = 1): Promise<void> {
  const missing = `${count} requests with ${JSON.stringify(filter)}`;
  await until(missing, () => emulator.requests(filter).length >= count, { everyMs: 1 });
}

/** An answer of the emulator's Graph. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Sent {
  /** Text and bytes go as they are, everything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Token; `null` for none. */
  readonly as: string | null;
}

export const json = { 'content-type': 'application/json' };

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;

/** One call of the emulator's Graph. */
export async function callGraph(
  { graphUrl }: Emulator,
  method: string,
  path: string,
  { body, headers = json, as }: Sent,
): Promise<Reply> {
  const response = await fetch(`${graphUrl}${path}`, {
    method,
    headers: { ...headers, ...(as !== null && { authorization: `Bearer ${as}` }) },
    body: body === undefined ? null : isRaw(body) ? body : JSON.stringify(body),
  });
  const read = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body: read };
}

export const codeOf = ({ body }: Reply): string => (body.error as { code: string }).code;
export const messageOf = ({ body }: Reply): string => (body.error as { message: string }).message;
