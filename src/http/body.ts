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
export async function readJson(request: HttpRequest, limitBytes = bodyLimitBytes): Promise<unknown> {
  checkMediaType(request);
  const bytes = await readBytes(request, limitBytes);
  return parseJson(decode(bytes));
}

/** RFC 9110 §8.3.1; parameters may be empty (§5.6.6). The only one that is taken says what is so anyway. */
function checkMediaType({ headers }: HttpRequest): void {
  const [type = '', ...parts] = (headers.get('content-type') ?? '').split(';').map((part) => part.trim().toLowerCase());
  const parameters = parts.filter((part) => part !== '');
  const utf8Only = parameters.length <= 1 && parameters.every((part) => /^charset=(utf-8|"utf-8")$/.test(part));
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (!jsonTypes.includes(type) || !utf8Only || encoding !== 'identity') throw new Problem('unsupported-media-type');
}

async function readBytes(request: HttpRequest, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw new Problem('body-too-large');
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // What is left after a refusal stays there for `drain`.
    for await (const chunk of bodyOf(request)?.values({ preventCancel: true }) ?? []) {
      length += chunk.length;
      if (length > limitBytes) throw new Problem('body-too-large');
      chunks.push(chunk);
    }
  } catch (error) {
    // The caller's connection broke inside the body: nobody is left to read the answer.
    throw error instanceof Problem ? error : new Problem('invalid-json', 'not-applied', { cause: error });
  }
  return Buffer.concat(chunks);
}

function bodyOf(request: HttpRequest): ReadableStream<Uint8Array> | null {
  return request.body as ReadableStream<Uint8Array> | null;
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
