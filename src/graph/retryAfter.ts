import { header, isObject, type Received } from './received.js';

/** Longest wait that a timer of this platform can hold; a longer one in seconds is not believed (F04). */
const longestSeconds = 2_147_483;

/**
 * The wait that Graph asks for, in milliseconds: from `Retry-After` (RFC 9110 §10.2.3), else from Intune's message (F03).
 * undefined when there is none, it is not valid or lies in the past: then the backoff decides.
 */
export function retryAfterMs(received: Received, nowMs: number): number | undefined {
  const value = header(received, 'retry-after')?.trim() ?? '';
  return fromHeader(value, nowMs) ?? fromMessage(received.body);
}

function fromHeader(value: string, nowMs: number): number | undefined {
  const seconds = fromSeconds(value);
  if (seconds !== undefined) return seconds;
  // Only a date in the preferred format that exists and falls on its weekday reads the same when it is written again.
  const at = new Date(value);
  const waitMs = at.getTime() - nowMs;
  return at.toUTCString() === value && waitMs > 0 ? waitMs : undefined;
}

function fromSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d{1,10}$/.test(value))) return undefined;
  const seconds = Number(value);
  return Number.isInteger(seconds) && seconds > 0 && seconds <= longestSeconds ? seconds * 1000 : undefined;
}

/** Intune puts its own JSON as text into `error.message`, at times twice over, with the wait in seconds inside. */
function fromMessage(body: unknown): number | undefined {
  let value = body;
  for (let depth = 0; depth < 3 && isObject(value); depth++) {
    const waitMs = fromSeconds(value.RetryAfter);
    if (waitMs !== undefined) return waitMs;
    value = parsed(isObject(value.error) ? value.error.message : value.Message);
  }
  return undefined;
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
