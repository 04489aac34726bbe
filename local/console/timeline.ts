import type { RecordedRequest } from '../emulator/record.js';
import type { ServedCall } from '../host/report.js';

/** What the API did at Graph for a call. */
export interface Step {
  readonly kind: 'read' | 'read before' | 'attempt' | 'look' | 'batch';
  readonly method: string;
  /** 0 as long as, or when, there was no status. */
  readonly status: number;
  /** From the begin of the call on. */
  readonly afterMs: number;
  /** Between an attempt or a look and the next one. */
  readonly waitedMs: number;
  readonly tookMs: number | undefined;
  readonly fault: string | undefined;
  /** Of a batch: how many of its items got which status, such as `19 × 200, 1 × 429`. */
  readonly items: string | undefined;
}

/** One line of the timeline: a call of the API, or what went to Graph by itself, as a job's batches do. */
export interface Entry {
  readonly key: string;
  readonly call: ServedCall | undefined;
  readonly startedAt: number;
  readonly steps: readonly Step[];
}

/** A shorter pause between two steps is the work between them, no wait. */
const leastWaitMs = 20;

/**
 * Puts what came to Graph under the call that it was for, newest first. Graph's requests carry no mark of the call, so a request belongs to
 * the latest call that was under way at its arrival and names the same model, or for collections and batches names none.
 */
export function timeline(calls: readonly ServedCall[], requests: readonly RecordedRequest[]): Entry[] {
  const own = new Map<string, RecordedRequest[]>(calls.map(({ key }) => [key, []]));
  const alone: Entry[] = [];
  const toGraph = requests.filter(({ server }) => server === 'graph');
  for (const request of toGraph.filter(({ inBatch }) => !inBatch)) {
    const call = calls.findLast((one) => isFor(one, request));
    if (call) own.get(call.key)?.push(request);
    else
      alone.push({
        key: `graph-${request.at}-${request.connection ?? 0}`,
        call: undefined,
        startedAt: request.at,
        steps: stepsOf([request], request.at, toGraph),
      });
  }
  const entries = calls.map((call) => ({
    key: call.key,
    call,
    startedAt: call.startedAt,
    steps: stepsOf(own.get(call.key) ?? [], call.startedAt, toGraph),
  }));
  return [...entries, ...alone].sort((one, other) => other.startedAt - one.startedAt);
}

function isFor(call: ServedCall, { at, id }: RecordedRequest): boolean {
  if (at < call.startedAt || at > (call.endedAt ?? Infinity)) return false;
  const [, rest = ''] = /\/v1\/model-performance\/?([^/?]*)/i.exec(call.path) ?? [];
  const named = ['batch', 'jobs', 'labels'].includes(rest) ? '' : decoded(rest);
  return id === undefined ? named === '' : named.toLowerCase() === id.toLowerCase();
}

/** A caller may send anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function stepsOf(requests: readonly RecordedRequest[], startedAt: number, toGraph: readonly RecordedRequest[]): Step[] {
  const writes = requests.some(({ method }) => method === 'PATCH');
  let written = false;
  let endedAt = startedAt;
  return requests.map((request) => {
    const { method, status, at, fault, endedAt: end } = request;
    const kind =
      method === 'PATCH' ? 'attempt' : method === 'POST' ? 'batch' : written ? 'look' : writes ? 'read before' : 'read';
    const pauseMs = at - endedAt;
    const isAfterWrite = written;
    written ||= method === 'PATCH';
    endedAt = end ?? at;
    return {
      kind,
      method,
      status,
      afterMs: at - startedAt,
      waitedMs: isAfterWrite && pauseMs >= leastWaitMs ? pauseMs : 0,
      tookMs: end === undefined ? undefined : end - at,
      fault,
      items: method === 'POST' ? itemsOf(request, toGraph) : undefined,
    };
  });
}

/** The items of a batch were handled while it was. */
function itemsOf(batch: RecordedRequest, toGraph: readonly RecordedRequest[]): string {
  const counts = new Map<number, number>();
  for (const { status, batchId } of toGraph)
    if (batchId !== undefined && batchId === batch.requestId) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ');
}
