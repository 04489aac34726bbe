import type { ServerResponse } from 'node:http';
import type { Emulator } from '../emulator/emulator.js';
import type { Envelope } from '../emulator/ingestion.js';
import type { ServedCall } from '../host/report.js';
import { timeline } from './timeline.js';

/** What the page shows and what changes by itself, by name. */
export type Parts = Readonly<Record<string, unknown>>;

/** Server-sent events (HTML Standard §9.2): each part when it has changed, and all of them to who joins. */
export interface Feed {
  readonly join: (response: ServerResponse) => void;
  readonly close: () => void;
}

const lookMs = 250;
const shown = { models: 200, entries: 60, requests: 2000, envelopes: 60 };

/** Looks at the parts as long as somebody listens. */
export function openFeed(look: () => Parts): Feed {
  const listeners = new Set<ServerResponse>();
  let last = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;

  const tell = () => {
    const parts = Object.entries(look()).map(([name, part]): [string, string] => [name, JSON.stringify(part)]);
    const changed = parts.filter(([name, text]) => last.get(name) !== text);
    last = new Map(parts);
    for (const listener of listeners) write(listener, changed);
    timer = listeners.size === 0 ? undefined : setTimeout(tell, lookMs);
  };
  return {
    join: (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.on('close', () => listeners.delete(response));
      listeners.add(response);
      write(response, [...last]);
      if (timer === undefined) tell();
    },
    close: () => {
      clearTimeout(timer);
      for (const listener of listeners) listener.end();
      listeners.clear();
    },
  };
}

function write(response: ServerResponse, parts: readonly (readonly [string, string])[]): void {
  response.write(parts.map(([name, text]) => `event: ${name}\ndata: ${text}\n\n`).join(''));
}

/** What the emulator knows. */
export function emulatedParts(emulator: Emulator, calls: readonly ServedCall[]): Parts {
  const outcomes = new Map(
    emulator.ingestion.envelopes('Event').map(({ data }) => {
      const { requestId, outcome } = (data.baseData.properties ?? {}) as Record<string, string>;
      return [requestId, outcome] as const;
    }),
  );
  const entries = timeline(calls, emulator.requests().slice(-shown.requests)).slice(0, shown.entries);
  return {
    models: emulator.models().slice(0, shown.models),
    calls: entries.map((entry) => ({ ...entry, outcome: entry.call && outcomes.get(entry.call.requestId) })),
    armed: emulator.armed(),
    quota: { limits: emulator.quota.limits(), counts: emulator.quota.counts() },
    telemetry: newest(emulator.ingestion.envelopes()),
  };
}

function newest(envelopes: readonly Envelope[]): object[] {
  const first = Math.max(0, envelopes.length - shown.envelopes);
  return envelopes
    .slice(first)
    .map(({ time, data: { baseType, baseData } }, index) => ({
      key: first + index,
      time,
      kind: baseType.replace(/Data$/, ''),
      data: baseData,
    }))
    .reverse();
}
