import type { Emulator } from '../../local/emulator/emulator.js';

/** What reached the emulator, counted by the emulator's own records although it remembers the latest ones only. */
export interface Upstream {
  reads: number;
  writes: number;
  /** Of the managed identity. */
  tokens: number;
  /** Of Entra ID: what its tokens are verified with. */
  keys: number;
  /** Requests to Graph that met a fault. */
  struck: number;
  /** Requests that no part of this product should ever send. */
  strays: number;
}

/** How many requests the emulator has to remember between two readings. */
export const recordLimit = 20_000;

/** Counts on from the last reading. @throws Error when records were forgotten in between */
export function openCounts(emulator: Emulator): { readonly read: () => void; readonly upstream: Readonly<Upstream> } {
  const upstream: Upstream = { reads: 0, writes: 0, tokens: 0, keys: 0, struck: 0, strays: 0 };
  let last: string | undefined;

  return {
    upstream,
    read: () => {
      const records = emulator.requests();
      const names = records.map(({ headers }) => headers['client-request-id']);
      const from = last === undefined ? 0 : names.lastIndexOf(last) + 1;
      if (last !== undefined && from === 0)
        throw new Error('The emulator has forgotten requests that were not counted.');
      // A request for a token has no name of its own: it is counted with the next request that has one.
      const to = names.findLastIndex((name) => name !== undefined) + 1;
      last = names[to - 1];
      for (const { server, method, id, fault, path } of records.slice(from, Math.max(from, to))) {
        if (server === 'identity') upstream.tokens += 1;
        else if (server === 'entra') upstream.keys += 1;
        else if (server === 'graph' && id !== undefined && method === 'GET') upstream.reads += 1;
        else if (server === 'graph' && id !== undefined && method === 'PATCH') upstream.writes += 1;
        else if (path !== '/settled') upstream.strays += 1;
        if (server === 'graph' && fault !== undefined) upstream.struck += 1;
      }
    },
  };
}
