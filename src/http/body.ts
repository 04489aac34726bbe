import type { HttpRequest } from '@azure/functions';
import { Problem } from '../problem.js';
import { parseJson } from './json.js';

/** Largest body of a call that changes one model. */
export const bodyLimitBytes = 64 * 1024;

const jsonTypes = ['application/json', 'application/merge-patch+json'];

/**
 * The JSON value that a request carries.
 * @throws Problem unsupported-media-type (F41), body-too-large (F40), invalid-json (F42–F44), duplicate-key (F46), invalid-body (F45, F47)
 */
export async function readJson(request: HttpRequest): Promise<unknown> {
  checkMediaType(request);
  const bytes = await readBytes(request, bodyLimitBytes);
  return parseJson(decode(bytes));
}

function checkMediaType({ headers }: HttpRequest): void {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const charsetOnly =
    parameters.length === 0 || (parameters.length === 1 && /^charset="?utf-8"?$/.test(parameters[0] ?? ''));
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (!jsonTypes.includes(type) || !charsetOnly || encoding !== 'identity') throw new Problem('unsupported-media-type');
}

async function readBytes(request: HttpRequest, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw new Problem('body-too-large');
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  try {
    for (;;) {
      const { value } = (await reader?.read()) ?? {};
      if (value === undefined) return Buffer.concat(chunks);
      length += value.length;
      if (length > limitBytes) throw new Problem('body-too-large');
      chunks.push(value);
    }
  } catch (error) {
    // The caller's connection broke inside the body: nobody is left to read the answer.
    throw error instanceof Problem ? error : new Problem('invalid-json', 'not-applied', { cause: error });
  } finally {
    reader?.releaseLock();
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Problem('invalid-json');
  }
}

/** How much of an unread body is thrown away, and how long that may take, before a refusal is sent. */
const drainLimit = { bytes: 32 * 1024 * 1024, ms: 5_000 };

/** Reads what is left of the body: the host answers 500 of its own when an answer comes before the body is through. Never throws. */
export async function drain(request: HttpRequest): Promise<void> {
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return;
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), drainLimit.ms);
  try {
    for (let left = drainLimit.bytes; left > 0;) {
      const { done, value } = await reader.read();
      if (done) return;
      left -= value.length;
    }
    await reader.cancel();
  } catch {
    // A caller that has gone away needs no draining.
  } finally {
    clearTimeout(timer);
  }
}
