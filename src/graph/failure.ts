import { Problem, type Code, type Outcome } from '../problem.js';
import { errorLayers } from './errorBody.js';
import { headerValues, isObject, type GraphResponse } from './response.js';
import { retryAfterMs } from './retryAfter.js';

/** Why an attempt failed and what may follow. */
export interface Failure {
  readonly code: Code;
  /** What is known of this one attempt's effect. */
  readonly outcome: Outcome;
  /** `once`: one further attempt however many are allowed. */
  readonly retry: 'never' | 'once' | 'yes';
  /** The wait that Graph asked for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The next attempt needs a connection of its own: the old one may lead to the same sick server. */
  readonly freshConnection?: true;
}

const certain = (code: Code, retry: Failure['retry'] = 'never'): Failure => ({ code, outcome: 'not-applied', retry });
const ambiguous = (code: Code, retry: Failure['retry'] = 'never'): Failure => ({ code, outcome: 'unknown', retry });

const byStatus: Readonly<Record<number, Failure>> = {
  303: ambiguous('graph-redirected'),
  401: certain('graph-rejected-credentials'),
  403: certain('graph-permission-missing'),
  404: certain('not-found'),
  405: certain('operation-not-supported-by-graph'),
  408: ambiguous('graph-timeout', 'yes'),
  409: certain('conflict'),
  412: certain('conflict'),
  422: certain('rejected-by-graph'),
  423: certain('conflict'),
  429: certain('graph-throttled', 'yes'),
  500: ambiguous('graph-error', 'once'),
  501: certain('operation-not-supported-by-graph'),
  502: ambiguous('graph-error', 'yes'),
  503: { ...ambiguous('graph-unavailable', 'yes'), freshConnection: true },
  504: ambiguous('graph-timeout', 'yes'),
};

/**
 * What an answer of Graph means when it is not a success (F01–F20); undefined for 2xx.
 * @param nowMs for a `Retry-After` that is a date
 */
export function failureOf(response: GraphResponse, nowMs: number): Failure | undefined {
  const { status } = response;
  if (status >= 200 && status < 300) return undefined;
  const failure = status === 400 ? badRequest(response.body) : (byStatus[status] ?? unlisted(status));
  if (failure.retry === 'never') return failure;
  const waitMs = retryAfterMs(response, nowMs);
  return waitMs === undefined ? failure : { ...failure, retryAfterMs: waitMs };
}

function unlisted(status: number): Failure {
  return status >= 300 && status < 400 ? certain('graph-redirected') : ambiguous('graph-error');
}

/** Codes of a 400 that are failures of Intune's own, in lower case. */
const internalCodes = ['internalerror', 'internalservererror', 'unknownerror'];

/**
 * Intune dresses failures of its own as 400, and says with 400 that it never built an operation; both can stand inside its message
 * (F08, F14, F15). A 400 whose code could not be read may have been any of them: only a code makes it certain.
 */
function badRequest(body: unknown): Failure {
  const layers = errorLayers(body);
  const codes = layers.map(({ code }) => code.toLowerCase()).filter((code) => code !== '');
  if (codes.length === 0 || codes.some((code) => internalCodes.includes(code))) return ambiguous('graph-error', 'once');
  const missing = layers.some(({ code, message }) => /No method match route template/i.test(`${code} ${message}`));
  return certain(missing ? 'operation-not-supported-by-graph' : 'rejected-by-graph');
}

/** Graph's own code, for telemetry; undefined when the body has none, or one that could be anything else. */
export function graphCode({ body }: GraphResponse): string | undefined {
  const code = errorLayers(body)[0]?.code ?? '';
  return /^\w{1,64}$/.test(code) ? code : undefined;
}

/** The id under which Microsoft's support finds the request. */
export function graphRequestId(response: GraphResponse): string | undefined {
  const [id = '', ...more] = headerValues(response, 'request-id');
  return more.length === 0 && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id) ? id : undefined;
}

const lost = new Set<unknown>(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED']);
const notHttp = /^(HPE_|UND_ERR_HEADERS_OVERFLOW$)/;
const tls = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/**
 * What a broken attempt means (F21–F28). The system call tells where a connection broke: one code, such as EHOSTUNREACH, can come
 * before the request has left and after it. An error that nobody foresaw is ambiguous and not repeated.
 */
export function failureOfError(error: unknown): Failure {
  const { name, code, syscall } = isObject(error) ? error : {};
  if (name === 'TimeoutError') return ambiguous('graph-timeout', 'yes');
  if (name === 'AbortError') return ambiguous('shutting-down');
  // Node connects to several addresses of a host at once, and all that failed come together.
  const connecting = syscall === 'connect' || syscall === 'getaddrinfo' || name === 'AggregateError';
  if (connecting || code === 'UND_ERR_CONNECT_TIMEOUT') return certain('graph-unreachable', 'yes');
  if (tls.test(String(code))) return certain('graph-unreachable');
  if (lost.has(code) || syscall === 'read' || syscall === 'write') return ambiguous('graph-connection-lost', 'yes');
  if (notHttp.test(String(code)) || name === 'HTTPParserError') return ambiguous('graph-connection-lost', 'once');
  return ambiguous('graph-error');
}

/** Length of the window in which Intune counts writes: what a throttled caller waits when Graph names no wait. */
const quotaWindowMs = 20_000;

/** The problem that a failure is to the caller, with the wait. @param outcome of the update as a whole */
export function problemOf({ code, retryAfterMs: askedMs }: Failure, outcome: Outcome): Problem {
  const waitMs = askedMs ?? (code === 'graph-throttled' ? quotaWindowMs : undefined);
  return new Problem(code, outcome, { ...(waitMs !== undefined && { retryAfterSeconds: Math.ceil(waitMs / 1000) }) });
}
