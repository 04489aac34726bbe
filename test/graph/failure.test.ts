import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { request } from 'undici';
import {
  failureOf,
  failureOfError,
  graphCode,
  graphRequestId,
  problemOf,
  type Failure,
} from '../../src/graph/failure.js';
import type { GraphResponse } from '../../src/graph/response.js';

const nowMs = Date.UTC(2026, 11, 1);
const received = (status: number, code?: unknown, more: Partial<GraphResponse> = {}): GraphResponse => ({
  status,
  headers: {},
  body: code === undefined ? undefined : { error: { code, message: 'GRAPH-INTERNAL' } },
  ...more,
});
const meaning = (failure: Failure | undefined) => failure && [failure.code, failure.outcome, failure.retry];

test.each([200, 201, 202, 204, 299])('%i is no failure', (status) => {
  expect(failureOf(received(status), nowMs)).toBeUndefined();
});

describe('the wait that a caller is told', () => {
  test.each<[string, Failure['code'], number | undefined, number | undefined]>([
    ['as Graph asked, rounded up', 'graph-throttled', 1_001, 2],
    ['as Graph asked', 'graph-unavailable', 30_000, 30],
    ['a window of the quota, where a throttling Graph names none', 'graph-throttled', undefined, 20],
    ['none', 'graph-unavailable', undefined, undefined],
  ])('%s', (_, code, askedMs, seconds) => {
    const failure: Failure = {
      code,
      outcome: 'unknown',
      retry: 'yes',
      ...(askedMs !== undefined && { retryAfterMs: askedMs }),
    };
    const problem = problemOf(failure, 'not-applied');
    expect([problem.code, problem.outcome]).toEqual([code, 'not-applied']);
    expect(problem.more).toEqual(seconds === undefined ? {} : { retryAfterSeconds: seconds });
  });
});

describe('what a status means', () => {
  test.each<[number, Failure['code'], Failure['outcome'], Failure['retry']]>([
    [99, 'graph-error', 'unknown', 'never'],
    [101, 'graph-error', 'unknown', 'never'],
    [199, 'graph-error', 'unknown', 'never'],
    [300, 'graph-redirected', 'not-applied', 'never'],
    [301, 'graph-redirected', 'not-applied', 'never'],
    [302, 'graph-redirected', 'not-applied', 'never'],
    [303, 'graph-redirected', 'unknown', 'never'],
    [304, 'graph-redirected', 'not-applied', 'never'],
    [307, 'graph-redirected', 'not-applied', 'never'],
    [308, 'graph-redirected', 'not-applied', 'never'],
    [399, 'graph-redirected', 'not-applied', 'never'],
    [400, 'graph-error', 'unknown', 'once'],
    [401, 'graph-rejected-credentials', 'not-applied', 'never'],
    [402, 'graph-error', 'unknown', 'never'],
    [403, 'graph-permission-missing', 'not-applied', 'never'],
    [404, 'not-found', 'not-applied', 'never'],
    [405, 'operation-not-supported-by-graph', 'not-applied', 'never'],
    [406, 'graph-error', 'unknown', 'never'],
    [408, 'graph-timeout', 'unknown', 'yes'],
    [409, 'conflict', 'not-applied', 'never'],
    [412, 'conflict', 'not-applied', 'never'],
    [413, 'graph-error', 'unknown', 'never'],
    [414, 'graph-error', 'unknown', 'never'],
    [415, 'graph-error', 'unknown', 'never'],
    [418, 'graph-error', 'unknown', 'never'],
    [422, 'rejected-by-graph', 'not-applied', 'never'],
    [423, 'conflict', 'not-applied', 'never'],
    [429, 'graph-throttled', 'not-applied', 'yes'],
    [500, 'graph-error', 'unknown', 'once'],
    [501, 'operation-not-supported-by-graph', 'not-applied', 'never'],
    [502, 'graph-error', 'unknown', 'yes'],
    [503, 'graph-unavailable', 'unknown', 'yes'],
    [504, 'graph-timeout', 'unknown', 'yes'],
    [999, 'graph-error', 'unknown', 'never'],
  ])('%i is %s, %s, repeated: %s', (status, ...means) => {
    expect(meaning(failureOf(received(status), nowMs))).toEqual(means);
  });

  test('the attempt after a 503 has a connection of its own, others have not (F06)', () => {
    const fresh = [429, 500, 502, 503, 504].filter((status) => failureOf(received(status), nowMs)?.freshConnection);
    expect(fresh).toEqual([503]);
  });
});

describe('what the code of a 400 means', () => {
  const refused: [Failure['code'], Failure['outcome'], Failure['retry']] = [
    'rejected-by-graph',
    'not-applied',
    'never',
  ];
  const missing = ['operation-not-supported-by-graph', 'not-applied', 'never'];
  const internal = ['graph-error', 'unknown', 'once'];
  test.each<[unknown, readonly string[]]>([
    ['BadRequest', refused],
    ['InternalError', internal],
    ['InternalServerError', internal],
    ['UnknownError', internal],
    ['internalError', internal],
    ['INTERNALSERVERERROR', internal],
    ['unknownerror', internal],
    ['AnInternalError', refused],
    ['InternalErrors', refused],
    ['No method match route template', missing],
    ['no method match route template ~/singleton', missing],
    ['There is No method match route template', missing],
    ['', internal],
    [5, internal],
    [null, internal],
    [undefined, internal],
  ])('%j', (code, means) => {
    expect(meaning(failureOf(received(400, code), nowMs))).toEqual(means);
  });

  test('Intune says at times only in the message that it never built an operation (F14)', () => {
    const body = (message: unknown) => ({ error: { code: 'BadRequest', message } });
    const of = (message: unknown) => meaning(failureOf(received(400, '', { body: body(message) }), nowMs));
    expect(of('No method match route template')).toEqual(missing);
    expect(of('Something else: no method match route template')).toEqual(missing);
    expect(of(JSON.stringify({ Message: 'No method match route template' }))).toEqual(missing);
    expect(of(JSON.stringify({ Message: 'See the detail', Detail: 'No method match route template' }))).toEqual(
      missing,
    );
    expect(of('No method')).toEqual(refused);
    expect(of(['No method match route template'])).toEqual(refused);
  });

  test.each<[string, object]>([
    ['Intune’s phrase', { Message: 'x', CustomApiErrorPhrase: 'InternalError' }],
    ['a code', { Code: 'unknownError', Message: 'x' }],
    ['an error', { error: { code: 'InternalServerError', message: 'x' } }],
    [
      'an error within an error',
      { error: { code: 'BadRequest', message: '{"CustomApiErrorPhrase":"InternalError"}' } },
    ],
  ])('its own failure can stand inside the message: %s (F08)', (_, inside) => {
    const body = { error: { code: 'BadRequest', message: JSON.stringify(inside) } };
    expect(meaning(failureOf(received(400, '', { body }), nowMs))).toEqual(internal);
  });

  test('a code inside the message is a code', () => {
    const body = { error: { code: '', message: JSON.stringify({ Code: 'BadRequest' }) } };
    expect(meaning(failureOf(received(400, '', { body }), nowMs))).toEqual(refused);
  });

  test.each([
    [null],
    ['text'],
    [[]],
    [{}],
    [{ code: 'x' }],
    [{ error: null }],
    [{ error: 'BadRequest' }],
    [{ error: [] }],
  ])('a body such as %j has no code, and nothing is certain (F08)', (body) => {
    expect(meaning(failureOf(received(400, '', { body }), nowMs))).toEqual(internal);
  });

  test('only a 400 is read so', () => {
    expect(meaning(failureOf(received(404, 'InternalError'), nowMs))).toEqual(['not-found', 'not-applied', 'never']);
  });
});

describe('the wait that Graph asks for', () => {
  const headers = { 'retry-after': '2' };
  test.each([429, 500, 502, 503, 504, 408])('belongs to a %i', (status) => {
    expect(failureOf(received(status, 'x', { headers }), nowMs)).toHaveProperty('retryAfterMs', 2000);
  });

  test('belongs to a 400 that is repeated', () => {
    expect(failureOf(received(400, 'UnknownError', { headers }), nowMs)).toHaveProperty('retryAfterMs', 2000);
  });

  test('that is a date is counted from now', () => {
    const dated = { 'retry-after': new Date(nowMs + 7000).toUTCString() };
    expect(failureOf(received(429, 'x', { headers: dated }), nowMs)).toHaveProperty('retryAfterMs', 7000);
  });

  test.each([301, 401, 403, 404, 501])('means nothing on a %i, which is not repeated', (status) => {
    expect(failureOf(received(status, 'x', { headers }), nowMs)).not.toHaveProperty('retryAfterMs');
  });

  test('is absent when there is none', () => {
    expect(failureOf(received(429), nowMs)).not.toHaveProperty('retryAfterMs');
  });
});

test('any answer has a meaning, and what is repeated after a certain refusal is throttling alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.jsonValue(), (status, body) => {
      const failure = failureOf(received(status, '', { body }), nowMs);
      expect(failure === undefined).toBe(status >= 200 && status < 300);
      if (failure?.outcome === 'not-applied') expect(failure.retry !== 'never').toBe(status === 429);
    }),
  );
});

test('code and request id are read for telemetry, and only what can be one', () => {
  expect(graphCode(received(400, 'BadRequest'))).toBe('BadRequest');
  expect(graphCode(received(400, 'x'.repeat(64)))).toBe('x'.repeat(64));
  for (const code of [5, '', undefined, 'two words', 'x'.repeat(65), 'Latitude-7450'])
    expect(graphCode(received(400, code))).toBeUndefined();
  const id = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
  expect(graphRequestId(received(400, 'x', { headers: { 'request-id': id } }))).toBe(id);
  expect(graphRequestId(received(400, 'x', { headers: { 'request-id': id.toUpperCase() } }))).toBe(id.toUpperCase());
  for (const other of ['abc', `${id}0`, `x${id}`, [id, id]])
    expect(graphRequestId(received(400, 'x', { headers: { 'request-id': other } }))).toBeUndefined();
  expect(graphRequestId(received(400))).toBeUndefined();
});

describe('what a broken attempt means', () => {
  const lost = ['graph-connection-lost', 'unknown', 'yes'];
  const garbled = ['graph-connection-lost', 'unknown', 'once'];
  const unreachable = ['graph-unreachable', 'not-applied', 'yes'];
  const insecure = ['graph-unreachable', 'not-applied', 'never'];
  const unforeseen = ['graph-error', 'unknown', 'never'];
  const error = (more: object) => Object.assign(new Error('secret'), more);

  test.each<[string, unknown, readonly string[]]>([
    ['refused', error({ code: 'ECONNREFUSED', syscall: 'connect' }), unreachable],
    ['no route, while connecting', error({ code: 'EHOSTUNREACH', syscall: 'connect' }), unreachable],
    ['no ports left', error({ code: 'EADDRNOTAVAIL', syscall: 'connect' }), unreachable],
    ['all addresses failed', new AggregateError([error({ code: 'ETIMEDOUT' })], 'all'), unreachable],
    ['no such name', error({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), unreachable],
    ['names unavailable', error({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), unreachable],
    ['no connection in time', error({ code: 'UND_ERR_CONNECT_TIMEOUT' }), unreachable],
    ['reset', error({ code: 'ECONNRESET', syscall: 'read' }), lost],
    ['reset without a system call', error({ code: 'ECONNRESET' }), lost],
    ['no route, after the request has left', error({ code: 'EHOSTUNREACH', syscall: 'read' }), lost],
    ['no acknowledgement', error({ code: 'ETIMEDOUT', syscall: 'read' }), lost],
    ['a write that failed', error({ code: 'EPROTO', syscall: 'write' }), lost],
    ['a closed pipe', error({ code: 'EPIPE' }), lost],
    ['the other side closed', error({ code: 'UND_ERR_SOCKET' }), lost],
    ['our client closed', error({ code: 'UND_ERR_CLOSED' }), lost],
    ['our client destroyed', error({ code: 'UND_ERR_DESTROYED' }), lost],
    ['not HTTP', error({ code: 'HPE_INVALID_CONSTANT' }), garbled],
    ['not HTTP, by the name alone', error({ name: 'HTTPParserError' }), garbled],
    ['too large a header', error({ code: 'UND_ERR_HEADERS_OVERFLOW' }), garbled],
    ['an expired certificate', error({ code: 'CERT_HAS_EXPIRED' }), insecure],
    ['a certificate of its own', error({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), insecure],
    ['a chain of its own', error({ code: 'SELF_SIGNED_CERT_IN_CHAIN' }), insecure],
    ['an unknown issuer', error({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), insecure],
    ['another name in the certificate', error({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), insecure],
    ['a hostname mismatch', error({ code: 'HOSTNAME_MISMATCH' }), insecure],
    ['no TLS', error({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), insecure],
    ['the limit of an attempt', new DOMException('', 'TimeoutError'), ['graph-timeout', 'unknown', 'yes']],
    ['the end of this instance', new DOMException('', 'AbortError'), ['shutting-down', 'unknown', 'never']],
    ['a code that only ends as one of these', error({ code: 'X_HPE_1' }), unforeseen],
    ['a code that only begins as one of these', error({ code: 'UND_ERR_HEADERS_OVERFLOWS' }), unforeseen],
    ['a code that holds one of TLS', error({ code: 'XCERT_' }), unforeseen],
    ['another code', error({ code: 'ERR_INVALID_ARG_TYPE' }), unforeseen],
    ['no code', new TypeError('fetch failed'), unforeseen],
    ['a code that is no text', error({ code: 20, name: 5, syscall: {} }), unforeseen],
    ['a text', 'ECONNREFUSED', unforeseen],
    ['nothing', undefined, unforeseen],
    ['null', null, unforeseen],
  ])('%s', (_, broken, means) => {
    expect(meaning(failureOfError(broken))).toEqual(means);
  });

  describe('as the HTTP client tells it', () => {
    const sockets = new Set<Socket>();
    const servers = new Set<ReturnType<typeof createServer>>();
    afterAll(() => {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
    });
    const addressOf = (serve: (socket: Socket) => void) =>
      new Promise<string>((resolve) => {
        const server = createServer((socket) => {
          sockets.add(socket.on('error', () => undefined));
          socket.once('data', () => {
            serve(socket);
          });
        }).listen(0, '127.0.0.1', () => {
          resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`);
        });
        servers.add(server);
      });
    const fail = async (url: string, signal?: AbortSignal) => {
      const sent = request(url, { method: 'PATCH', body: '{}', ...(signal && { signal }) });
      return meaning(
        failureOfError(
          await sent.then(
            () => 'no failure',
            (thrown: unknown) => thrown,
          ),
        ),
      );
    };

    test('refused (F21)', async () => {
      const closed = await new Promise<string>((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
          const { port } = server.address() as AddressInfo;
          server.close(() => {
            resolve(`127.0.0.1:${port}`);
          });
        });
      });
      expect(await fail(`http://${closed}/`)).toEqual(unreachable);
    });

    test('FIN before an answer (F23)', async () => {
      expect(await fail(`http://${await addressOf((socket) => socket.end())}/`)).toEqual(lost);
    });

    test('reset before an answer (F23)', async () => {
      expect(await fail(`http://${await addressOf((socket) => socket.resetAndDestroy())}/`)).toEqual(lost);
    });

    test('not HTTP (F28)', async () => {
      expect(await fail(`http://${await addressOf((socket) => socket.end('SSH-2.0\r\n\r\n'))}/`)).toEqual(garbled);
    });

    test('no TLS (F22)', async () => {
      expect(await fail(`https://${await addressOf((socket) => socket.end('HTTP/1.1 400 No\r\n\r\n'))}/`)).toEqual(
        insecure,
      );
    });

    test('a hang that is cut at its limit (F25)', async () => {
      const address = await addressOf(() => undefined);
      expect(await fail(`http://${address}/`, AbortSignal.timeout(20))).toEqual(['graph-timeout', 'unknown', 'yes']);
    });
  });
});
