import { HttpRequest, type HttpRequestInit } from '@azure/functions';
import { describe, expect, test } from '@jest/globals';
import { bodyLimitBytes, drain, jobTypes, readJson, readTableBody, updateTypes } from '../../src/http/body.js';
import { refused } from '../support/refused.js';

const json = { 'content-type': 'application/json' };
const bytes = (value: string | readonly number[]) =>
  typeof value === 'string' ? Buffer.from(value) : Buffer.from([...value]);

/** What a caller's body does: gives these chunks, then ends, breaks off or says nothing more. */
interface Sending {
  readonly chunks: readonly Uint8Array[];
  readonly then?: 'end' | 'break' | 'hang';
}

/** A request whose body streams, made as the library makes those of stream mode, and what becomes of its stream. */
function streaming({ chunks, then = 'end' }: Sending, headers: Record<string, string> = json) {
  const seen = { given: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = chunks[seen.given];
        if (chunk !== undefined) {
          seen.given++;
          controller.enqueue(chunk);
        } else if (then === 'end') controller.close();
        else if (then === 'break') controller.error(new Error('gone'));
      },
      cancel: () => {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const nativeRequest = new Request('http://localhost/', { method: 'PATCH', headers, body, duplex: 'half' });
  return { request: new HttpRequest({ nativeRequest } as HttpRequestInit), seen };
}

const plain = (body: Uint8Array | string, headers: Record<string, string> = json) =>
  new HttpRequest({ method: 'PATCH', url: 'http://localhost/', headers, body: { bytes: Buffer.from(body) } });
const codeOf = async (request: HttpRequest) => {
  const { code, outcome } = await refused(() => readJson(request));
  expect(outcome).toBe('not-applied');
  return code;
};

describe('the content type (F41)', () => {
  test.each([
    'application/json',
    'application/merge-patch+json',
    'Application/JSON',
    'application/json;',
    'application/json ; ',
    'application/json;;',
    'application/json;charset=utf-8',
    'application/json; charset=utf-8',
    'application/json;\tCharset=UTF-8;',
    'application/json; charset="utf-8"',
    'application/merge-patch+json; charset="UTF-8"',
    'application/json; charset=utf8',
    'application/json; charset="UTF8"',
    'application/json; charset=us-ascii',
    'application/json; charset=utf-8; charset=utf-8',
    'application/json; version=1',
    'application/json;odata.metadata=minimal',
    'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    'application/json; profile="a;charset=utf-16, b"',
    'application/json; profile="\\"; charset=utf-16"',
    'application/json; profile="; IEEE754Compatible=true"',
    'application/json; x=',
    'application/json; xcharset=utf-16; xIEEE754Compatible=true',
    'application/json; IEEE754Compatible="false"',
  ])('%j is taken', async (type) => {
    expect((await readJson(plain('{"a":1}', { 'content-type': type }))).value).toEqual({ a: 1 });
  });

  test.each([
    '',
    ';',
    '; charset=utf-8',
    '; application/json',
    'application',
    'application/jsons',
    'xapplication/json',
    'application/json-patch+json',
    'application/problem+json',
    'text/json',
    'text/plain',
    '*/*',
    'application/*',
    'application/json, application/json',
    'application/json application/json',
    'application/json; charset=utf-16',
    'application/json;charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/json; charset=',
    'application/json; charset=""',
    'application/json; charset="utf-8',
    'application/json; charset=utf-8"',
    "application/json; charset='utf-8'",
    'application/json; charset = utf-8',
    'application/json; charset=utf-8 x',
    'application/json; x charset=utf-8',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; IEEE754Compatible=true',
    'application/json; ieee754compatible="true"',
    'application/json; IEEE754Compatible=',
    'application/json; IEEE754Compatible=falsely',
    'application/json; odata.metadata=minimal, text/plain',
    'application/json; a="b',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('%j is refused', async (type) => {
    expect(await codeOf(plain('{}', { 'content-type': type }))).toBe('unsupported-media-type');
  });

  test('no content type is refused', async () => {
    expect(await codeOf(plain('{}', {}))).toBe('unsupported-media-type');
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['none', {}, /^The request has no Content-Type\.$/],
    ['another one', { 'content-type': 'text/plain' }, /^The Content-Type is another one/],
    ['with another charset', { 'content-type': 'application/json; charset=utf-16' }, /^The charset is not UTF-8\.$/],
    ['with a charset that begins alike', { 'content-type': 'application/json; charset=utf-8x' }, /^The charset is not/],
    [
      'with a charset that ends alike',
      { 'content-type': 'application/json; charset=x-us-ascii' },
      /^The charset is not/,
    ],
    [
      'with numbers as texts',
      { 'content-type': 'application/json;IEEE754Compatible=true' },
      /^IEEE754Compatible makes/,
    ],
    ['right, of a body that is encoded', { ...json, 'content-encoding': 'br' }, /^The body has a Content-Encoding\.$/],
  ])('%s: says what is wrong and what is taken', async (_, headers, reason) => {
    const refusal = await refused(() => readJson(plain('{}', headers)));
    expect(refusal.reason).toMatch(reason);
    expect(refusal.accept).toEqual({ header: 'accept-patch', types: updateTypes });
  });

  test('of a POST: the header is another one', async () => {
    const request = new HttpRequest({ method: 'POST', url: 'http://localhost/', headers: {} });
    const { accept } = await refused(() => readJson(request, { types: jobTypes }));
    expect(accept).toEqual({ header: 'accept-post', types: jobTypes });
  });

  test.each([
    ['application/json', false],
    ['application/merge-patch+json', true],
  ])('%s is a merge patch: %s', async (type, mergePatch) => {
    expect(await readJson(plain('{}', { 'content-type': type }))).toMatchObject({ mergePatch });
  });

  test('of a body that is too large is looked at first', async () => {
    const headers = { 'content-type': 'text/plain', 'content-length': '1000000' };
    expect(await codeOf(plain('{}', headers))).toBe('unsupported-media-type');
  });
});

describe('the content encoding (F41)', () => {
  test.each(['identity', ' Identity '])('%j is none', async (encoding) => {
    expect((await readJson(plain('{}', { ...json, 'content-encoding': encoding }))).value).toEqual({});
  });

  test.each(['gzip', 'br', 'deflate', 'identity, gzip', 'utf-8', 'x', ''])('%j is refused', async (encoding) => {
    expect(await codeOf(plain('{}', { ...json, 'content-encoding': encoding }))).toBe('unsupported-media-type');
  });
});

describe('a table', () => {
  const read = (type: string | undefined, limitBytes = 10) =>
    readTableBody(plain('id,model', type === undefined ? {} : { 'content-type': type }), limitBytes);

  test.each(['text/csv', ' Text/CSV ', 'text/csv;header=present', 'text/csv ; charset=utf-8'])(
    '%j is one',
    async (type) => {
      expect(String(await read(type))).toBe('id,model');
    },
  );

  test.each([undefined, '', 'application/json', 'text/csvs', 'xtext/csv', 'text/plain; text/csv'])(
    '%j is none',
    async (type) => {
      expect(await read(type)).toBeUndefined();
    },
  );

  test.each(['text/csv; charset=utf-16', 'text/csv; charset=iso-8859-1'])('%j is refused', async (type) => {
    expect(await refused(() => read(type))).toMatchObject({
      code: 'unsupported-media-type',
      reason: 'The charset is not UTF-8.',
    });
  });

  test('is as long as the limit at most', async () => {
    expect(await read('text/csv', 8)).toHaveLength(8);
    expect(await refused(() => read('text/csv', 7))).toMatchObject({ code: 'body-too-large' });
  });
});

describe('the characters (F42, F43)', () => {
  test.each<[string, readonly number[], RegExp | undefined]>([
    ['not UTF-8', [0x22, 0xe4, 0x22], /^The body is not UTF-8\.$/],
    ['after a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d], /^The body begins with a byte order mark\.$/],
    ['before a byte order mark', [0x7b, 0x7d, 0xef, 0xbb, 0xbf], undefined],
  ])('%s', async (_, given, reason) => {
    const refusal = await refused(() => readJson(plain(bytes(given))));
    expect(refusal.code).toBe('invalid-json');
    expect([refusal.reason === undefined, reason?.test(refusal.reason ?? '')]).toEqual([
      reason === undefined,
      reason && true,
    ]);
  });
});

describe('the length (F40)', () => {
  const filled = (length: number) => bytes(`{"a":"${'x'.repeat(length - 8)}"}`);

  test('the limit is 64 KiB', () => {
    expect(bodyLimitBytes).toBe(65_536);
  });

  test.each([{}, { 'content-length': '65536' }])('exactly the limit is read, declared as %j', async (declared) => {
    expect((await readJson(plain(filled(bodyLimitBytes), { ...json, ...declared }))).value).toHaveProperty('a');
  });

  test('one byte more is refused', async () => {
    expect(await codeOf(plain(filled(bodyLimitBytes + 1)))).toBe('body-too-large');
  });

  test('a declared length is believed before anything is read', async () => {
    const { request, seen } = streaming({ chunks: [bytes('{}')] }, { ...json, 'content-length': '65537' });
    expect(await codeOf(request)).toBe('body-too-large');
    expect(seen.given).toBe(0);
  });

  test.each(['2', '0', '-1', '', 'x', '2, 2', 'NaN'])('a declared length of %j hides nothing', async (length) => {
    const { request } = streaming({ chunks: [filled(40_000), filled(40_000)] }, { ...json, 'content-length': length });
    expect(await codeOf(request)).toBe('body-too-large');
  });

  test('in chunks that are each small enough, reading stops at the one that is too much', async () => {
    const { request, seen } = streaming({ chunks: Array.from({ length: 100 }, () => Buffer.alloc(16_384, 'x')) });
    expect(await codeOf(request)).toBe('body-too-large');
    expect(seen).toEqual({ given: 5, cancelled: false });
  });
});

describe('chunks (F54)', () => {
  test('are read as one body, wherever they are cut', async () => {
    const body = bytes('{"model":"é€😀","n":-0.5}');
    for (let at = 0; at <= body.length; at++) {
      const { request } = streaming({ chunks: [body.subarray(0, at), Buffer.alloc(0), body.subarray(at)] });
      expect((await readJson(request)).value).toEqual({ model: 'é€😀', n: -0.5 });
    }
    const { request } = streaming({ chunks: [...body].map((byte) => Buffer.from([byte])) });
    expect((await readJson(request)).value).toEqual({ model: 'é€😀', n: -0.5 });
  });

  test.each([
    ['in two', [1, bodyLimitBytes - 1]],
    ['in many, of which the last is empty', [20_000, 20_000, 25_536, 0]],
    ['in one, and an empty one', [bodyLimitBytes, 0]],
    ['in one after an empty one', [0, bodyLimitBytes]],
  ])('that are together as long as the limit are read: %s', async (_, lengths) => {
    const body = bytes(`{"a":"${'x'.repeat(bodyLimitBytes - 8)}"}`);
    let from = 0;
    const chunks = lengths.map((length) => body.subarray(from, (from += length)));
    const { value } = await readJson(streaming({ chunks }).request);
    expect(JSON.stringify(value)).toBe(String(body));
  });

  test('a body that comes in one is not copied', async () => {
    const chunk = bytes('id,model');
    const { request } = streaming({ chunks: [chunk] }, { 'content-type': 'text/csv' });
    const body = await readTableBody(request, bodyLimitBytes);
    expect([body?.buffer === chunk.buffer, body?.byteOffset, String(body)]).toEqual([
      true,
      chunk.byteOffset,
      'id,model',
    ]);
  });

  test('a connection that breaks inside of the body is no JSON, and keeps its cause', async () => {
    const { request } = streaming({ chunks: [bytes('{}')], then: 'break' });
    await expect(readJson(request)).rejects.toMatchObject({
      code: 'invalid-json',
      outcome: 'not-applied',
      cause: { message: 'gone' },
    });
  });

  test('after a refusal the rest of the body is free to be drained', async () => {
    const { request } = streaming({ chunks: [Buffer.alloc(70_000)], then: 'break' });
    await refused(() => readJson(request));
    expect(request.body?.locked).toBe(false);
  });
});

describe('the bytes (F42, F43)', () => {
  test.each<[string, string | readonly number[]]>([
    ['nothing', ''],
    ['spaces', '  '],
    ['the mark of UTF-8', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ['UTF-16 with its mark', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
    ['UTF-16 the other way', [0xfe, 0xff, 0x00, 0x7b, 0x00, 0x7d]],
    ['UTF-16 without a mark', [0x7b, 0x00, 0x7d, 0x00]],
    ['a lone byte of a sequence', [0x22, 0x80, 0x22]],
    ['a sequence that breaks off', [0x22, 0xe2, 0x82, 0x22]],
    ['a sequence that breaks off with the body', [0x22, 0xe2, 0x82]],
    ['too long a sequence for its character', [0x22, 0xc0, 0xaf, 0x22]],
    ['half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['more than Unicode has', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['latin-1', [0x22, 0xe9, 0x22]],
    ['NUL', [0x7b, 0x7d, 0x00]],
  ])('%s is no JSON', async (_, body) => {
    expect(await codeOf(plain(bytes(body)))).toBe('invalid-json');
  });

  test('a request without a body is no JSON, as an empty one', async () => {
    const request = new HttpRequest({ method: 'PATCH', url: 'http://localhost/', headers: json });
    await expect(readJson(request)).rejects.toMatchObject({ code: 'invalid-json', cause: undefined });
  });

  test('all of Unicode is read', async () => {
    expect((await readJson(plain(bytes('"\u0080é€\uffff\u{10ffff}"')))).value).toBe('\u0080é€\uffff\u{10ffff}');
  });

  test('what the reader of JSON refuses keeps its own problem', async () => {
    expect(await codeOf(plain('{"a":1,"a":2}'))).toBe('duplicate-key');
  });
});

describe('draining', () => {
  const chunks = Array.from({ length: 10 }, () => Buffer.alloc(10));

  test('reads what is left, to the end', async () => {
    const { request, seen } = streaming({ chunks });
    await drain(request);
    expect(seen).toEqual({ given: 10, cancelled: false });
  });

  test('goes on where reading stopped', async () => {
    const { request, seen } = streaming({ chunks: Array.from({ length: 100 }, () => Buffer.alloc(16_384)) });
    await refused(() => readJson(request));
    await drain(request);
    expect(seen).toEqual({ given: 100, cancelled: false });
  });

  test.each([
    [100, 10],
    [99, 10],
    [91, 10],
    [90, 9],
    [50, 5],
    [1, 1],
    [0, 0],
  ])('stops after %i bytes, which %i chunks have, and takes the body no further', async (limit, given) => {
    const { request, seen } = streaming({ chunks });
    await drain(request, { bytes: limit, ms: 5_000 });
    expect(seen).toEqual({ given, cancelled: true });
  });

  test('stops after its time when nothing more comes', async () => {
    const { request, seen } = streaming({ chunks, then: 'hang' });
    await drain(request, { bytes: 1000, ms: 20 });
    expect(seen).toEqual({ given: 10, cancelled: true });
  });

  test('does not mind a caller that has gone away', async () => {
    const { request } = streaming({ chunks, then: 'break' });
    await expect(drain(request)).resolves.toBeUndefined();
  });

  test('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    await drain(streaming({ chunks }).request);
    expect(timers()).toBe(before);
  });

  test('has nothing to do without a body', async () => {
    await expect(drain(new HttpRequest({ method: 'GET', url: 'http://localhost/' }))).resolves.toBeUndefined();
  });
});
