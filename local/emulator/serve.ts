import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Place } from './act.js';
import type { Armory } from './armory.js';
import type { Items } from './batch.js';
import { headersOf, readCall, splitTarget, type Call } from './exchange.js';
import type { Resource } from '../../src/resource/resource.js';
import { readGraphPath } from './graph.js';
import { answerOf, delayOf, perform, twistOf, type Handle, type Setting } from './perform.js';
import { remembered, type Draft, type Log, type RecordedRequest } from './record.js';

/** What every server of the emulator shares. */
export interface Stage {
  readonly resource: Pick<Resource, 'path'>;
  readonly armory: Armory;
  readonly log: Log;
  readonly setting: Setting;
}

/** What a request concerns: a server, and its place in the table of faults if it has one. Control is not remembered. */
export interface Part {
  readonly server: RecordedRequest['server'] | 'control';
  readonly on?: Place | undefined;
  readonly handle: Handle;
}

/** One request from its arrival to its end: draw its fault, remember it, read it, answer it. */
export async function serve(
  { resource, armory, log, setting }: Stage,
  { server, on, handle }: Part,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? '';
  const target = splitTarget(request.url ?? '');
  const model = server === 'graph' ? modelOf(resource, target.path) : undefined;
  const drawn = on && armory.draw({ on, method, model });
  const start = { method, ...target, headers: headersOf(request) };
  const draft = server === 'control' ? undefined : log.open(arrival(resource, server, start, setting.now()));
  if (drawn && draft) draft.fault = drawn.row.id;
  response.on('close', () => {
    if (draft) draft.endedAt = setting.now();
  });
  if (draft && request.socket.remotePort !== undefined) draft.connection = request.socket.remotePort;
  if (drawn?.row.act.do === 'cut') {
    request.socket.destroy();
    return;
  }
  const call = await readCall(request);
  if (draft) {
    draft.body = remembered(call.body);
    draft.requestId = call.requestId;
  }
  const sent = (status: number) => {
    if (draft) draft.status = status;
  };
  await perform(drawn, { request, response, call, sent }, handle, setting);
}

/** The items of batches are requests of their own to the queue of faults and to the record. */
export function itemsOf({ resource, armory, log, setting }: Stage): Items {
  return {
    begin: (item, draws) => {
      const target = { on: 'graph', method: item.method, model: modelOf(resource, item.path), inBatch: true } as const;
      const drawn = draws ? armory.draw(target) : undefined;
      const draft: Draft = log.open({ ...arrival(resource, 'graph', item, setting.now()), inBatch: true });
      draft.body = remembered(item.body);
      if (item.batchId !== undefined) draft.batchId = item.batchId;
      if (drawn) draft.fault = drawn.row.id;
      return { drawn, end: (status) => (draft.status = status) };
    },
    answerOf: ({ row: { act }, armed }, item) =>
      act.do === 'answer' ? answerOf(act, armed.retryAfterSeconds, item, setting) : undefined,
    twistOf,
    delayOf,
  };
}

function arrival(
  resource: Stage['resource'],
  server: RecordedRequest['server'],
  { method, path, query, headers }: Pick<Call, 'method' | 'path' | 'query' | 'headers'>,
  at: number,
): Omit<RecordedRequest, 'body' | 'status'> {
  const id = server === 'graph' ? modelOf(resource, path) : undefined;
  return { server, method, path: query ? `${path}?${query}` : path, headers, at, ...(id !== undefined && { id }) };
}

function modelOf(resource: Stage['resource'], path: string): string | undefined {
  const target = readGraphPath(resource, path);
  return target?.kind === 'item' ? target.id : undefined;
}
