import type { HttpResponseInit } from '@azure/functions';
import { problems, type Problem, type ProblemRow } from '../problem.js';
import { plainWords, worded, type Words } from '../resource/words.js';

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** What a handler answers with: the content of a 200 or 201, word that the caller already has it, or where it is. */
export interface Answer {
  readonly status?: 201 | 302 | 304;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function jsonAnswer(value: unknown): Answer {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

/** CSV has no place for the link to the next page but the header (RFC 8288). */
export function csvAnswer(text: string, nextLink: string | undefined): Answer {
  const link = nextLink !== undefined && { link: `<${nextLink}>; rel="next"` };
  return { body: text, headers: { 'content-type': 'text/csv; charset=utf-8; header=present', ...link } };
}

export function success({ status, body, headers }: Answer, requestId: string): HttpResponseInit {
  const all = { ...always, ...headers, 'x-request-id': requestId };
  // RFC 9110 §15.4.5: a 304 has no body, not even an empty one; a redirect needs none.
  return status === 302 || status === 304 ? { status, headers: all } : { status: status ?? 200, headers: all, body };
}

/** A problem as an answer. Holds our own sentences only. */
export function failure(problem: Problem, requestId: string, words: Words = plainWords): HttpResponseInit {
  const { code, more } = problem;
  const { status, challenge }: ProblemRow = problems[code];
  const { retryAfterSeconds, allow, accept } = more;
  return {
    status,
    headers: {
      ...always,
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
      'x-ms-error-code': code,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(allow !== undefined && { allow: allow.join(', ') }),
      ...(accept !== undefined && { [accept.header]: accept.types.join(', ') }),
      ...(challenge !== undefined && { 'www-authenticate': challenge }),
    },
    body: JSON.stringify(problemBody(problem, requestId, words)),
  };
}

/** A problem as RFC 9457 writes it, with `error` beside it for readers of `body/error/message`. */
export function problemBody({ code, outcome, more }: Problem, requestId: string, words: Words): object {
  const { status, ...row }: ProblemRow = problems[code];
  const { errorsTotal, retryAfterSeconds, reason, advice = row.description } = more;
  const title = worded(row.title, words);
  const detail = worded(reason === undefined ? advice : `${reason} ${advice}`, words);
  const errors = more.errors?.map((one) => ({ ...one, message: worded(one.message, words) }));
  return {
    type: `urn:model-performance:problem:${code}`,
    title,
    status,
    detail,
    instance: `urn:model-performance:request:${requestId}`,
    outcome,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(errors !== undefined && { errors }),
    ...(errorsTotal !== undefined && { errorsTotal }),
    error: { code, message: sentence(title, detail, errors) },
  };
}

/** One text for people who see nothing else of the answer. */
function sentence(title: string, detail: string, errors: Problem['more']['errors']): string {
  const mistakes = (errors ?? [])
    .slice(0, 5)
    .map(({ pointer, message }) => `${pointer === '' ? '' : `${pointer}: `}${message}`);
  return [`${title}.`, mistakes.length > 0 ? mistakes.join(' ') : detail].join(' ');
}
