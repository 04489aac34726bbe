import { isObject } from './response.js';

/** One layer of an error: Graph's own, or JSON that Intune put as a text into its message. */
export interface ErrorLayer {
  /** Empty when the layer names none. */
  readonly code: string;
  readonly message: string;
  /** The wait in seconds, as it was written. */
  readonly retryAfter: unknown;
}

/** Graph's error, the error within its message, and the one within that one's: Intune nests no deeper. */
const mostLayers = 3;

/**
 * The layers of an error's body, the outermost first; none when the body could not be read or is no error.
 * Intune writes `{"error":{"code":"…","message":"{\"Message\":\"…\",\"RetryAfter\":2}"}}`, at times twice over (F03, F08, F20).
 */
export function errorLayers(body: unknown): readonly ErrorLayer[] {
  const layers: ErrorLayer[] = [];
  let value: unknown = isObject(body) && isObject(body.error) ? body : undefined;
  while (isObject(value) && layers.length < mostLayers) {
    const error = isObject(value.error) ? value.error : value;
    const message = text(error.message) || text(error.Message);
    const code = text(error.code) || text(error.Code) || text(error.CustomApiErrorPhrase);
    layers.push({ code, message, retryAfter: error.RetryAfter ?? value.RetryAfter });
    value = parsed(message);
  }
  return layers;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
