import { header, isObject, type Received } from './received.js';

/** Longest wait that a timer of this platform can hold; a longer one in seconds is not believed (F04). */
const longestSeconds = 2_147_483;

/**
 * The wait that Graph asks for, in milliseconds: from `Retry-After` (RFC 9110 §10.2.3), else from Intune's message (F03).
 * undefined when there is none, it is not valid or lies in the past: then the backoff decides.
 */
export function retryAfterMs(received: Received, nowMs: number): number | undefined {
  const value = header(received, 'retry-after')?.trim();
  return (value === undefined ? undefined : fromHeader(value, nowMs)) ?? fromMessage(received.body);
}

function fromHeader(value: string, nowMs: number): number | undefined {
  if (/^\d{1,10}$/.test(value)) return fromSeconds(Number(value));
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined;
  const waitMs = Date.parse(value) - nowMs;
  return waitMs > 0 ? waitMs : undefined;
}

function fromSeconds(seconds: number): number | undefined {
  return seconds > 0 && seconds <= longestSeconds ? seconds * 1000 : undefined;
}

/** Intune puts its own JSON as text into `error.message`, at times twice over, with the wait in seconds inside. */
function fromMessage(body: unknown): number | undefined {
  let value: unknown = isObject(body) && isObject(body.error) ? body.error.message : undefined;
  for (let depth = 0; depth < 3 && value !== undefined; depth++) {
    if (isObject(value)) {
      const wait = Number(value.RetryAfter ?? Number.NaN);
      if (Number.isInteger(wait)) return fromSeconds(wait);
      value = value.Message;
    }
    value = typeof value === 'string' ? parsed(value) : undefined;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
