import { callers } from '../emulator/constants.js';
import type { Emulator } from '../emulator/emulator.js';

export interface World {
  readonly emulator: Emulator;
  /** Address of the API. */
  readonly apiUrl: string;
}

/** A call of the API that the page asks for. */
export interface Wanted {
  readonly role: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The API's answer. */
interface Sent {
  readonly status: number;
  readonly tookMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A token of every caller that the emulator knows, by its role. */
export function tokensOf(emulator: Emulator): Record<string, string> {
  return Object.fromEntries(
    Object.values(callers).map(({ clientId, objectId, roles }) => [
      roles.join(' ').replace('ModelPerformance.', ''),
      emulator.issue({ azp: clientId, oid: objectId, sub: objectId, roles }),
    ]),
  );
}

/** Calls the API, and nothing else, for the page: the API answers no page of another origin. */
export async function send(
  { emulator, apiUrl }: World,
  { role, method, path, headers = {}, body }: Wanted,
): Promise<Sent> {
  const url = new URL(path, apiUrl);
  if (url.origin !== apiUrl || !url.pathname.startsWith('/api/')) throw new Error('The path must begin with /api/.');
  const token = tokensOf(emulator)[role];
  const startedAt = Date.now();
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: body ?? null,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    tookMs: Date.now() - startedAt,
    headers: Object.fromEntries(answer.headers),
    body: text,
  };
}
