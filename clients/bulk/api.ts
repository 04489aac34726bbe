import { spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { Stop } from '../../local/commandLine.js';

/** Where the API is, and who asks. */
export interface Api {
  /** Address of the collection. */
  readonly root: string;
  readonly token: () => string;
}

interface Sent {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** How long nothing may answer, while the API itself goes on with a job. */
const patienceMs = 5 * 60_000;

/**
 * Opens the API.
 * @param clientId the API's: the Azure CLI is then asked for a token before each call
 * @throws Stop when there is neither a token nor a way to one
 */
export function openApi(url: string, clientId: string | undefined): Api {
  const { TOKEN: given } = process.env;
  if (!given && clientId === undefined)
    throw new Stop('There is no token. Set TOKEN, or give --api <client id of the API> to ask the Azure CLI.', 2);
  return {
    root: `${url.replace(/\/+$/, '')}/api/v1/model-performance`,
    token: () => given ?? askAzureCli(clientId ?? ''),
  };
}

function askAzureCli(clientId: string): string {
  const question = [
    'account',
    'get-access-token',
    '--scope',
    `${clientId}/.default`,
    '--query',
    'accessToken',
    '--output',
    'tsv',
  ];
  const { status, stdout } = spawnSync('az', question, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0 || stdout.trim() === '') throw new Stop('The Azure CLI gives no token. Sign in with: az login', 2);
  return stdout.trim();
}

/**
 * One call, sent again where that can help: after 429 and 5xx with the wait that the answer names, and while nothing answers. Every call of
 * this command may be sent twice: reads, and what carries a key.
 * @param path below the collection, or an address of the API
 * @throws Stop with the problem's own sentence
 */
export async function send(api: Api, path: string, { method = 'GET', headers, body }: Sent = {}): Promise<Response> {
  const url = /^https?:/.test(path) ? path : `${api.root}${path}`;
  const until = Date.now() + patienceMs;
  for (let pauseMs = 1000; ; pauseMs = Math.min(pauseMs * 2, 30_000)) {
    const response = await fetch(url, {
      method,
      headers: { ...headers, authorization: `Bearer ${api.token()}` },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(90_000),
    }).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    if (response instanceof Response && response.ok) return response;
    const again = response instanceof Error || response.status === 429 || response.status >= 500;
    const waitMs =
      response instanceof Error ? pauseMs : Number(response.headers.get('retry-after') ?? 0) * 1000 || pauseMs;
    if (!again || Date.now() + waitMs > until) throw await explain(response);
    await wait(waitMs);
  }
}

/** What is told of a call that failed for good: at most ten of the mistakes that the API lists. */
async function explain(response: Response | Error): Promise<Stop> {
  if (response instanceof Error)
    return new Stop(`The API does not answer (${reasonOf(response)}). Give the same command again to go on.`, 3);
  const problem = (await response.json().catch(() => ({}))) as {
    readonly outcome?: string;
    readonly error?: { readonly message: string };
    readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
    readonly errorsTotal?: number;
  };
  const { errors = [], errorsTotal = errors.length } = problem;
  const mistakes = errors.slice(0, 10).map(({ pointer, message }) => `  ${pointer} ${message}`);
  const more = errorsTotal > 10 ? [`  and ${errorsTotal - 10} more`] : [];
  const text = problem.error?.message ?? `The API answered with ${response.status}.`;
  return new Stop([text, ...mistakes, ...more].join('\n'), problem.outcome === 'not-applied' ? 2 : 3);
}

const reasonOf = ({ cause, message }: Error) => (cause instanceof Error ? cause.message : message);
