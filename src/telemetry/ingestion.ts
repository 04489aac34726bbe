/** What of the exporter's HTTP messages is read here. */
interface Timed {
  timeout: number;
}
interface Response {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | undefined };
  readonly bodyAsText?: string | null;
}

/** How the last request ended: all of it may be sent again, or so many of its envelopes are refused for good. */
export interface Outcome {
  readonly again: boolean;
  readonly refused: number | 'all';
  /** The wait that the service asked for. */
  readonly retryAfterMs?: number;
}

/** A step of the exporter's own chain of HTTP policies, and what it saw. */
export interface IngestionWatch {
  readonly name: string;
  readonly sendRequest: <Request extends Timed, Got extends Response>(
    request: Request,
    next: (request: Request) => Promise<Got>,
  ) => Promise<Got>;
  /** How the last request since the last question ended; undefined when there was none. */
  readonly outcome: () => Outcome | undefined;
}

export const fine: Outcome = { again: false, refused: 0 };
export const lost: Outcome = { again: true, refused: 0 };

/** Sees every request to the ingestion service: gives it a time limit, and remembers how it ended. */
export function watchIngestion(timeoutMs: number): IngestionWatch {
  let last: Outcome | undefined;
  let questions = 0;
  return {
    name: 'watchIngestion',
    sendRequest: async (request, next) => {
      const asked = questions;
      request.timeout = timeoutMs;
      last = lost;
      const response = await next(request);
      // One that ends after the question was given up, and says nothing of those that came later.
      if (asked === questions) last = outcomeOf(response);
      return response;
    },
    outcome: () => {
      const outcome = last;
      last = undefined;
      questions += 1;
      return outcome;
    },
  };
}

/** 439 is the service's own status for a daily volume that is used up; the rest is of RFC 9110. */
const mayPass = (status: number) => status >= 500 || [401, 403, 408, 429, 439].includes(status);

/** What an answer means. A redirect that the exporter did not follow is final: it leads to a stranger. */
export function outcomeOf({ status, headers, bodyAsText }: Response): Outcome {
  if (status === 200) return fine;
  if (status === 206) return { again: false, refused: refusedOf(bodyAsText ?? '') };
  if (!mayPass(status)) return { again: false, refused: 'all' };
  const retryAfter = headers.get('retry-after')?.trim() ?? '';
  return /^\d{1,9}$/.test(retryAfter) ? { ...lost, retryAfterMs: Number(retryAfter) * 1000 } : lost;
}

function refusedOf(body: string): number {
  try {
    const { itemsReceived, itemsAccepted } = JSON.parse(body) as Record<string, unknown>;
    return Math.max(0, Number(itemsReceived) - Number(itemsAccepted)) || 0;
  } catch {
    return 0;
  }
}
