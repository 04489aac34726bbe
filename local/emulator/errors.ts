import type { GraphError } from './act.js';
import { internals } from './constants.js';
import { json, type Answer, type Call } from './exchange.js';

const diagnostic = JSON.stringify({
  ServerInfo: { DataCenter: 'West Europe', Slice: 'E', Ring: '5', ScaleUnit: '002', RoleInstance: 'AM2PEPF0000FFFF' },
});

/** Headers that every answer of Graph has; `client-request-id` is the caller's own, else Graph's. */
export function graphHeaders({ requestId, headers }: Call): Record<string, string> {
  return {
    'cache-control': 'no-cache',
    'request-id': requestId,
    'client-request-id': headers['client-request-id'] ?? requestId,
    'x-ms-ags-diagnostic': diagnostic,
  };
}

/** A refusal in Graph's shape. Its message always carries what must not reach an API's caller. */
export function graphError(
  call: Call,
  status: number,
  { code, message, nested, retryAfter, innerCode }: GraphError,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const own = graphHeaders(call);
  const inner = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': own['request-id'],
    'client-request-id': own['client-request-id'],
  };
  const plain = `${message} - ${internals}`;
  const once = JSON.stringify({
    _version: 3,
    Message: plain,
    CustomApiErrorPhrase: innerCode ?? '',
    RetryAfter: retryAfter ?? null,
    ErrorSourceService: '',
    HttpHeaders: '{}',
  });
  const twice = JSON.stringify({ error: { code: innerCode ?? code, message: once } });
  const text = nested === 'once' ? once : nested === 'twice' ? twice : plain;
  return json(status, { error: { code, message: text, innerError: inner } }, { ...own, ...headers });
}

/** What the emulator does not know it refuses loudly: a pretended success would hide a mistake. */
export function notEmulated(call: Call, what: string): Answer {
  return graphError(call, 501, { code: 'NotEmulated', message: `The emulator does not know ${what}` });
}
