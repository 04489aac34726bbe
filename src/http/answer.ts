import type { HttpResponseInit } from '@azure/functions';
import type { Problem } from '../problem.js';
import { problems } from '../problem.js';

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** A success: the value as JSON. */
export function success(value: unknown, requestId: string): HttpResponseInit {
  return {
    status: 200,
    headers: { ...always, 'content-type': 'application/json', 'x-request-id': requestId },
    body: JSON.stringify(value),
  };
}

/** A problem as RFC 9457 writes it, with `error` beside it for readers of `body/error/message`. Holds our own sentences only. */
export function failure({ code, outcome, more }: Problem, requestId: string): HttpResponseInit {
  const { status, title, says } = problems[code];
  const { errors, retryAfterSeconds, allow } = more;
  return {
    status,
    headers: {
      ...always,
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
      'x-ms-error-code': code,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(allow !== undefined && { allow: allow.join(', ') }),
    },
    body: JSON.stringify({
      type: `urn:model-performance:problem:${code}`,
      title,
      status,
      detail: says,
      instance: `urn:model-performance:request:${requestId}`,
      outcome,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(errors !== undefined && { errors }),
      error: { code, message: sentence(title, says, errors) },
    }),
  };
}

/** One text for people who see nothing else of the answer. */
function sentence(title: string, says: string, errors: Problem['more']['errors']): string {
  const mistakes = (errors ?? [])
    .slice(0, 5)
    .map(({ pointer, message }) => `${pointer === '' ? '' : `${pointer}: `}${message}`);
  return [`${title}.`, mistakes.length > 0 ? mistakes.join(' ') : says].join(' ');
}
