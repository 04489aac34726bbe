/** For one request: a cold start, and what the app itself waits for. */
const requestMs = 90_000;

export interface Answer {
  readonly status: number;
  /** The parsed body; undefined when it is not JSON. */
  readonly body: unknown;
}

/** One GET; no redirect is followed, because the token would go along. @throws Error that {@link whyNoAnswer} reads */
export async function get(url: string, token?: string): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(requestMs) });
  const text = await answer.text();
  try {
    return { status: answer.status, body: JSON.parse(text) };
  } catch {
    return { status: answer.status, body: undefined };
  }
}

/** Why no answer came, in plain words. */
export function whyNoAnswer(error: unknown): string {
  if (error instanceof DOMException) return `no answer within ${requestMs / 1000} seconds.`;
  const { code = '' } = ((error as Error).cause ?? {}) as { code?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'the name is not known. Is it spelt right, and is the app there?';
  if (code === 'ECONNREFUSED') return 'the connection is refused.';
  if (/CERT|TLS|SSL/.test(code)) return `its certificate is not trusted here (${code}).`;
  return `the connection fails${code === '' ? '' : ` (${code})`}. With private networking, ask from inside the network.`;
}
