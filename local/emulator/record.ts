/** One request that reached the emulator, an item of a batch too. */
export interface RecordedRequest {
  /** `elsewhere` is a server nobody should ever call: redirects point there (F18). */
  readonly server: 'graph' | 'identity' | 'entra' | 'ingestion' | 'elsewhere';
  readonly method: string;
  /** As sent, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** At most the first 64 Ki characters. */
  readonly body: string;
  /** 0 as long as, or when, no status line was sent. */
  readonly status: number;
  /** Arrival, in milliseconds since 1970 on the emulator's clock. */
  readonly at: number;
  /** When its answer had been written, or its connection had ended; an item of a batch has none. */
  readonly endedAt?: number;
  /** What the emulator calls it: Graph's `request-id`. */
  readonly requestId?: string;
  /** Id of the model that was asked for. */
  readonly id?: string;
  /** Id of the fault that it got. */
  readonly fault?: string;
  /** Remote port of the connection that it came on; absent for an item of a batch. */
  readonly connection?: number;
  /** It came inside a `$batch`, whose own POST has a record too. */
  readonly inBatch?: true;
  /** `requestId` of that POST. */
  readonly batchId?: string;
}

/** A record that is still being filled in. */
export type Draft = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] };

export interface Log {
  /** Remembers a request from its arrival on, so that one which hangs can be seen; the draft is filled in as it goes on. */
  readonly open: (start: Omit<RecordedRequest, 'body' | 'status'>) => Draft;
  readonly list: (filter?: { id?: string; method?: string }) => RecordedRequest[];
  readonly clear: () => void;
}

/** @param limit how many requests are remembered; the oldest go first */
export function openLog(limit: number): Log {
  let drafts: Draft[] = [];
  return {
    open: (start) => {
      const draft = { ...start, body: '', status: 0 };
      drafts.push(draft);
      if (drafts.length > limit) drafts.shift();
      return draft;
    },
    list: ({ id, method } = {}) =>
      drafts
        .filter((draft) => (id === undefined || draft.id === id) && (method === undefined || draft.method === method))
        .map((draft) => ({ ...draft })),
    clear: () => {
      drafts = [];
    },
  };
}

/** The part of a body that is kept. */
export const remembered = (body: string): string => body.slice(0, 65_536);
