import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Act, RetryAfter, Twist } from './act.js';
import type { Drawn } from './armory.js';
import { graphError, graphHeaders } from './errors.js';
import { send, type Answer, type Call } from './exchange.js';
import { playOnWire } from './wire.js';

/** What a server does with a request that no fault strikes, or that one only bends. */
export type Handle = (call: Call, twist: Twist) => Answer | Promise<Answer>;

/** What faults need to know of the world. */
export interface Setting {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Root of the server that redirects to other hosts point at. */
  readonly elsewhereUrl: () => string;
  /** Aborted when everything that hangs is to be released. */
  readonly released: () => AbortSignal;
}

/** One request with the ways to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly call: Call;
  /** Told the status that goes out, 0 when none does. */
  readonly sent: (status: number) => void;
}

/**
 * Answers one request: normally, or as its fault says.
 * @throws AbortError when the fault is released while it waits: the connection is then to be cut
 */
export async function perform(
  drawn: Drawn | undefined,
  exchange: Exchange,
  handle: Handle,
  setting: Setting,
): Promise<void> {
  const { request, response, call, sent } = exchange;
  const waitMs = drawn && delayOf(drawn);
  const wait = async (ms: number | undefined) => {
    if (ms !== undefined) await pause(ms, undefined, { signal: setting.released() });
  };

  if (drawn && drawn.row.act.do !== 'twist') {
    const { body } = await handle(call, { stores: drawn.applied ? 'all' : 'nothing' });
    await wait(waitMs);
    await strike(drawn, body, exchange, setting);
    return;
  }
  const twist = drawn ? twistOf(drawn) : {};
  const early = waitMs === undefined || drawn?.applied ? await handle(call, twist) : undefined;
  await wait(waitMs);
  if (request.socket.destroyed) return;
  const answer = early ?? (await handle(call, twist));
  await wait(answer.waitMs);
  if (answer.strikes) {
    await strike(answer.strikes, answer.body, exchange, setting);
    return;
  }
  sent(answer.status);
  send(response, answer);
}

async function strike(
  { row: { act }, armed }: Drawn,
  goodBody: string,
  { request, response, call, sent }: Exchange,
  setting: Setting,
): Promise<void> {
  if (act.do === 'answer') {
    sent(act.status);
    send(response, answerOf(act, armed.retryAfterSeconds, call, setting));
  } else if (act.do === 'wire') {
    sent(Number(/^HTTP\/1.1 (\d{3})/.exec(act.text)?.[1] ?? 0));
    const dripMs = act.dripMs === undefined ? undefined : (armed.delayMs ?? act.dripMs);
    await playOnWire(act, request.socket, { body: goodBody, dripMs, signal: setting.released() });
  } else {
    request.socket.destroy();
  }
}

/** How long a fault waits before it acts; where bytes drip, the delay is the one between them, and where a write lags, its lag. */
export function delayOf({ armed, row: { act } }: Drawn): number | undefined {
  if (act.do === 'wire' && act.dripMs !== undefined) return undefined;
  if (act.do === 'twist' && act.twist.showsAfterMs !== undefined) return undefined;
  return armed.delayMs ?? (act.do === 'twist' ? act.waitMs : undefined);
}

/** The twist of a drawn fault, with what the one who armed it said otherwise. */
export function twistOf({ row, armed, applied }: Drawn): Twist {
  if (row.act.do !== 'twist') return {};
  const { twist } = row.act;
  return {
    ...twist,
    ...(twist.stores === 'nothing' && applied && { stores: 'unseen' }),
    ...(twist.showsAfterMs !== undefined && armed.delayMs !== undefined && { showsAfterMs: armed.delayMs }),
    ...(twist.lifetimeSeconds !== undefined &&
      armed.lifetimeSeconds !== undefined && { lifetimeSeconds: armed.lifetimeSeconds }),
  };
}

/** The complete answer of a fault that has one. */
export function answerOf(
  act: Extract<Act, { do: 'answer' }>,
  retryAfterSeconds: number | undefined,
  call: Call,
  { now, elsewhereUrl }: Pick<Setting, 'now' | 'elsewhereUrl'>,
): Answer {
  const target = call.query ? `${call.path}?${call.query}` : call.path;
  const headers = {
    ...act.headers,
    ...(act.retryAfter !== undefined && { 'retry-after': retryAfterHeader(act.retryAfter, retryAfterSeconds, now()) }),
    ...(act.location && { location: act.location === 'itself' ? target : `${elsewhereUrl()}${target}` }),
  };
  if (act.content === 'nothing')
    return { status: act.status, headers: { ...graphHeaders(call), ...headers }, body: '' };
  if ('text' in act.content) {
    return {
      status: act.status,
      headers: { ...graphHeaders(call), 'content-type': act.content.type, ...headers },
      body: act.content.text,
    };
  }
  const { error } = act.content;
  const inside = error.retryAfter !== undefined && retryAfterSeconds !== undefined;
  return graphError(call, act.status, inside ? { ...error, retryAfter: retryAfterSeconds } : error, headers);
}

/** A date is rounded up to its whole second, so that it never lies before the wait it stands for. */
function retryAfterHeader(own: RetryAfter, seconds: number | undefined, nowMs: number): string {
  if (typeof own === 'object') {
    return asDate(new Date(Math.ceil((nowMs + (seconds ?? own.inSeconds) * 1000) / 1000) * 1000), own.form);
  }
  return String(typeof own === 'number' ? (seconds ?? own) : own);
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The three forms of RFC 9110 §5.6.7. */
function asDate(date: Date, form: 'RFC 850' | 'asctime' | undefined): string {
  const usual = date.toUTCString();
  const [, day = '', month = '', year = '', time = ''] = /, (\d\d) (\w+) (\d+) ([\d:]+) GMT$/.exec(usual) ?? [];
  if (form === 'RFC 850') return `${weekdays[date.getUTCDay()] ?? ''}, ${day}-${month}-${year.slice(-2)} ${time} GMT`;
  if (form === 'asctime') return `${usual.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
  return usual;
}
