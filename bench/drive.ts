import { Pool } from 'undici';
import type { Upstream } from './upstream.js';

/** One kind of call to a subject. */
export interface CallPlan {
  readonly method: 'GET' | 'PATCH';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export function updateCall({ token, id }: Upstream): CallPlan {
  return {
    method: 'PATCH',
    path: `/api/v1/model-performance/${id}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"windowsScore":87.5,"healthStatus":"meetingGoals"}',
  };
}

export function listCall({ token }: Upstream): CallPlan {
  const headers = { authorization: `Bearer ${token}` };
  return { method: 'GET', path: '/api/v1/model-performance', headers, body: null };
}

/** What came of a stretch of calls. */
export interface Driven {
  readonly calls: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

/**
 * Sends the same call over so many connections, each the next one as soon as the last is answered, until time or number is up.
 * @throws Error for any answer but 200
 */
export async function drive(
  url: string,
  call: CallPlan,
  connections: number,
  until: { readonly seconds: number } | { readonly calls: number },
): Promise<Driven> {
  const pool = new Pool(url, { connections });
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const endMs = 'seconds' in until ? startMs + until.seconds * 1000 : Infinity;
  let left = 'calls' in until ? until.calls : Infinity;

  async function one(): Promise<void> {
    while (left > 0 && performance.now() < endMs) {
      left -= 1;
      const sentMs = performance.now();
      const { statusCode, body } = await pool.request(call);
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${call.method} ${call.path} was answered with ${statusCode}: ${text}`);
      latenciesMs.push(performance.now() - sentMs);
    }
  }

  await Promise.all(Array.from({ length: connections }, one));
  const seconds = (performance.now() - startMs) / 1000;
  await pool.destroy();
  return { calls: latenciesMs.length, seconds, latenciesMs };
}
