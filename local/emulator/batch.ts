import { randomUUID } from 'node:crypto';
import type { Version } from './access.js';
import type { Twist } from './act.js';
import type { Drawn } from './armory.js';
import { graphError, graphHeaders, notEmulated } from './errors.js';
import { json, splitTarget, type Answer, type Call } from './exchange.js';

/** What the emulator does with the items of a batch beside answering them. */
export interface Items {
  /** Remembers an item and draws its fault, if one waits for it. */
  readonly begin: (item: Call, draws: boolean) => { drawn: Drawn | undefined; end: (status: number) => void };
  /** The answer of a fault that has one of its own; `undefined` for one that concerns the connection. */
  readonly answerOf: (drawn: Drawn, item: Call) => Answer | undefined;
  readonly twistOf: (drawn: Drawn) => Twist;
  readonly delayOf: (drawn: Drawn) => number | undefined;
}

const itemLimit = 20;

interface Step {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * `POST $batch`: 200 with one answer for each item, last first, because Graph promises no order.
 * A fault of an item that is an HTTP answer strikes the item; one of the connection strikes the whole batch, after the
 * items have been handled. Faults of items stay in the queue when the batch itself has got one.
 */
export function answerBatch(
  call: Call,
  version: Version,
  twist: Twist,
  answerItem: (item: Call, twist: Twist) => Answer,
  items: Items,
): Answer {
  const steps = readSteps(call);
  if (typeof steps === 'string') return graphError(call, 400, { code: 'BadRequest', message: steps });
  if (steps === undefined) return notEmulated(call, 'dependsOn in a batch');

  let strikes: Drawn | undefined;
  let waitMs = 0;
  const responses = steps.flatMap((step) => {
    const item = itemCall(step, version, call);
    const { drawn, end } = items.begin(item, twist.stores === undefined);
    const act = drawn?.row.act.do;
    waitMs = Math.max(waitMs, (drawn && items.delayOf(drawn)) ?? 0);
    const answer =
      drawn && act !== 'twist' ? struck(drawn, item) : answerItem(item, drawn ? items.twistOf(drawn) : twist);
    end(act === 'leave out' ? 0 : answer.status);
    return act === 'leave out' ? [] : [responseOf(step, answer)];
  });
  const answer = json(200, { responses: responses.reverse() }, graphHeaders(call));
  return { ...answer, ...(strikes && { strikes }), ...(waitMs > 0 && { waitMs }) };

  function struck(drawn: Drawn, item: Call): Answer {
    const handled = answerItem(item, { stores: drawn.applied ? 'all' : 'nothing' });
    const own = items.answerOf(drawn, item);
    if (!own && drawn.row.act.do !== 'leave out') strikes ??= drawn;
    return own ?? handled;
  }
}

/** @returns the steps, the sentence of the refusal, or `undefined` for what is not emulated */
function readSteps(call: Call): Step[] | string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(call.body);
  } catch {
    return 'The batch is not JSON.';
  }
  const requests = isRecord(body) ? recordsOf(body.requests) : undefined;
  if (!requests) return 'The batch has no array of requests.';
  if (requests.length === 0) return 'The batch has no requests.';
  if (requests.length > itemLimit) return `Number of batch request steps exceeds the maximum value of ${itemLimit}.`;
  const steps: Step[] = [];
  for (const { id, method, url, headers, body: content, dependsOn } of requests) {
    if (dependsOn !== undefined) return undefined;
    if (typeof id !== 'string' || id === '') return 'A batch request has no id.';
    if (typeof method !== 'string' || typeof url !== 'string')
      return `Batch request ${id} lacks its method or its url.`;
    if (/^[a-z]+:/i.test(url) || url.includes('$batch'))
      return `The url of batch request ${id} is not relative to the version.`;
    steps.push({ id, method: method.toUpperCase(), url, headers: lowerCased(headers), body: content });
  }
  if (new Set(steps.map(({ id }) => id)).size < steps.length) return 'The ids of batch requests must be unique.';
  return steps;
}

function lowerCased(headers: unknown): Record<string, string> {
  const entries = Object.entries(isRecord(headers) ? headers : {});
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** An item as a request of its own, with the batch's token. */
function itemCall({ method, url, headers, body }: Step, version: Version, batch: Call): Call {
  return {
    method,
    ...splitTarget(`/${version}/${url.replace(/^\//, '')}`),
    headers: { ...headers, authorization: batch.headers.authorization ?? '' },
    body: body === undefined ? '' : JSON.stringify(body),
    wellFormed: batch.wellFormed,
    requestId: randomUUID(),
    batchId: batch.requestId,
  };
}

/** Graph gives the body of an item as JSON, or as base64 when it is something else. */
function responseOf({ id }: Step, { status, headers, body }: Answer): object {
  const isJson = (headers['content-type'] ?? '').startsWith('application/json');
  const titled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
      value,
    ]),
  );
  return {
    id,
    status,
    headers: titled,
    ...(body !== '' && { body: isJson ? parsed(body) : Buffer.from(body).toString('base64') }),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return Buffer.from(body).toString('base64');
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function recordsOf(value: unknown): Record<string, unknown>[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [undefined];
  return list.every(isRecord) ? list : undefined;
}
