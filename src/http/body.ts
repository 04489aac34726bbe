import type { HttpRequest } from '@azure/functions';
import { Problem } from '../problem.js';
import { parseJson } from './json.js';

/** Largest body of a call that changes one model. */
export const bodyLimitBytes = 64 * 1024;

const mergePatch = 'application/merge-patch+json';

/** Content types of an update. */
export const updateTypes = ['application/json', mergePatch] as const;

/** Content types of the updates of a job. */
export const jobTypes = ['application/json', 'text/csv'] as const;

/** A body that was read. */
export interface Body {
  readonly value: unknown;
  /** It is a merge patch (RFC 7396), in which `null` says that a property is to be cleared. */
  readonly mergePatch: boolean;
}

/**
 * The JSON value that a request carries.
 * @throws Problem unsupported-media-type (F41), body-too-large (F40), invalid-json (F42–F44), duplicate-key (F46), invalid-body (F45, F47)
 */
export async function readJson(
  request: HttpRequest,
  { types = updateTypes, limitBytes = bodyLimitBytes }: { types?: readonly string[]; limitBytes?: number } = {},
): Promise<Body> {
  const type = readMediaType(request, types);
  const bytes = await readBytes(request, limitBytes);
  return { value: parseJson(decode(bytes)), mergePatch: type === mergePatch };
}

/** RFC 9110 §8.3.1: a type and its parameters, each of which may be empty (§5.6.6). */
const mediaType = /^([^\s;,]+)(?:\s*;\s*(?:[^\s;,="]+=(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*\s*$/;
const parameter = /;\s*[^\s;,="]+=(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*)/g;

const anotherCharset = /^;\s*charset=(?!"?(utf-?8|us-ascii)"?$)/;
const numbersAsTexts = /^;\s*ieee754compatible=(?!"?false"?$)/;

/**
 * The type of the body, one of those that are taken. Of its parameters only those count that say how to read it; others are ignored
 * (RFC 2045 §5).
 * @throws Problem unsupported-media-type that says which part is wrong
 */
export function readMediaType({ headers, method }: HttpRequest, types: readonly string[]): string {
  const refusal = (reason: string) => {
    const header = method === 'PATCH' ? 'accept-patch' : 'accept-post';
    return new Problem('unsupported-media-type', 'not-applied', { reason, accept: { header, types } });
  };
  const header = headers.get('content-type')?.toLowerCase();
  if (header === undefined) throw refusal('The request has no Content-Type.');
  const type = mediaType.exec(header)?.[1];
  const known = types.find((one) => one === type);
  if (known === undefined) throw refusal('The Content-Type is another one, cannot be read, or stands there twice.');
  for (const [one] of header.matchAll(parameter)) {
    if (anotherCharset.test(one)) throw refusal('The charset is not UTF-8.');
    if (numbersAsTexts.test(one))
      throw refusal('IEEE754Compatible makes texts of numbers, and a number is taken as a number only.');
  }
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw refusal('The body has a Content-Encoding.');
  return known;
}

/**
 * The bytes of a table (`text/csv`, RFC 7111); undefined when the request says that it carries something else. Its encoding is the reader's
 * to judge, which can say what a spreadsheet has saved instead of UTF-8.
 * @throws Problem unsupported-media-type for an encoding of the content or of its characters, body-too-large (F40)
 */
export async function readTableBody(request: HttpRequest, limitBytes: number): Promise<Buffer | undefined> {
  if (!request.headers.get('content-type')?.match(/^text\/csv\s*(;|$)/i)) return undefined;
  readMediaType(request, jobTypes);
  return readBytes(request, limitBytes);
}

/**
 * The bytes of the body, put together as they come, so that a large one is never held twice.
 * @throws Problem body-too-large, or invalid-json when it breaks off
 */
async function readBytes(request: HttpRequest, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw new Problem('body-too-large');
  let bytes: Buffer = Buffer.alloc(0);
  let length = 0;
  try {
    // What is left after a refusal stays there for `drain`.
    for await (const chunk of bodyOf(request)?.values({ preventCancel: true }) ?? []) {
      if (length + chunk.length > limitBytes) throw new Problem('body-too-large');
      if (length === 0) bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      else {
        if (bytes.length < limitBytes) bytes = grown(bytes, limitBytes);
        bytes.set(chunk, length);
      }
      length += chunk.length;
    }
  } catch (error) {
    // The caller's connection broke inside the body: nobody is left to read the answer.
    throw error instanceof Problem ? error : new Problem('invalid-json', 'not-applied', { cause: error });
  }
  return bytes.subarray(0, length);
}

/** Memory that is never written to is never taken from the system. */
function grown(bytes: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafe(size);
  larger.set(bytes);
  return larger;
}

function bodyOf(request: HttpRequest): ReadableStream<Uint8Array> | null {
  return request.body as ReadableStream<Uint8Array> | null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** RFC 8259 §8.1: UTF-8, without a byte order mark. */
function decode(bytes: Buffer): string {
  try {
    const text = utf8.decode(bytes);
    if (!text.startsWith('\ufeff')) return text;
  } catch {
    throw new Problem('invalid-json', 'not-applied', { reason: 'The body is not UTF-8.' });
  }
  throw new Problem('invalid-json', 'not-applied', { reason: 'The body begins with a byte order mark.' });
}

/** How much of an unread body is thrown away, and how long that may take, before a refusal is sent. */
const drainLimit = { bytes: 32 * 1024 * 1024, ms: 5_000 };

/** Reads what is left of the body: the host answers 500 of its own when an answer comes before the body is through. Never throws. */
export async function drain(request: HttpRequest, limit = drainLimit): Promise<void> {
  const body = bodyOf(request);
  if (body === null) return;
  const reader = body.getReader();
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), limit.ms);
  try {
    for (let left = limit.bytes; left > 0;) {
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
