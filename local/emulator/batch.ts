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
 * items have been handled, unless it is a 429. Faults of items stay in the queue when the batch itself has got one.
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

  const begun = steps.map((step) => {
    const item = itemCall(step, version, call);
    return { step, item, ...items.begin(item, twist.stores === undefined) };
  });
  const strikes = begun.map(({ drawn }) => drawn).find((drawn) => drawn !== undefined && concernsConnection(drawn));
  const waitMs = Math.max(0, ...begun.map(({ drawn }) => (drawn && items.delayOf(drawn)) ?? 0));
  const throttled = strikes !== undefined && throttles(strikes);
  const responses = begun.flatMap(({ step, item, drawn, end }) => {
    const answer = throttled ? undefined : answerOf(item, drawn);
    const told = drawn?.row.act.do === 'leave out' ? undefined : answer;
    end(told?.status ?? 0);
    return told === undefined ? [] : [responseOf(step, told)];
  });
  const answer = json(200, { responses: responses.reverse() }, graphHeaders(call));
  return { ...answer, ...(strikes && { strikes }), ...(waitMs > 0 && { waitMs }) };

  function answerOf(item: Call, drawn: Drawn | undefined): Answer {
    if (drawn === undefined) return answerItem(item, twist);
    if (drawn.row.act.do === 'twist') return answerItem(item, items.twistOf(drawn));
    const handled = answerItem(item, { stores: drawn.applied ? 'all' : 'nothing' });
    return items.answerOf(drawn, item) ?? handled;
  }
}

/** Neither an item's own answer nor the lack of one. */
const concernsConnection = ({ row: { act } }: Drawn) => !['twist', 'answer', 'leave out'].includes(act.do);

/** Graph has handled nothing of a batch that it refuses for want of quota. */
const throttles = ({ row: { act } }: Drawn) => act.do === 'wire' && act.text.startsWith('HTTP/1.1 429');

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
