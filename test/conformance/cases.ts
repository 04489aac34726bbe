import { describe, expect, test } from '@jest/globals';
import { call, type Answer, type Call, type Target } from './call.js';

const bodyLimitBytes = 64 * 1024;
const properties = [
  'id',
  'model',
  'manufacturer',
  'modelDeviceCount',
  'workFromAnywhereScore',
  'windowsScore',
  'cloudManagementScore',
  'cloudIdentityScore',
  'cloudProvisioningScore',
  'healthStatus',
];

function expectProblem({ status, headers, body }: Answer, wanted: number, code: string): void {
  expect(body).toEqual(
    expect.objectContaining({
      type: `urn:model-performance:problem:${code}`,
      status: wanted,
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.any(String),
      outcome: 'not-applied',
      error: { code, message: expect.any(String) },
    }),
  );
  expect(status).toBe(wanted);
  expect(headers['content-type']).toMatch(/^application\/problem\+json\b/);
  expect(headers['x-ms-error-code']).toBe(code);
  expectCommonHeaders(headers);
}

function expectCommonHeaders(headers: Answer['headers']): void {
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  expect(headers['x-request-id']).toMatch(/^[\w-]{1,64}$/);
}

/**
 * Registers the tests of the HTTP contract that hold on every host: this machine's, `func start`, Azure. They see nothing but the address.
 * One of them changes the `windowsScore` of the target's model; the others are refused before anything is written.
 * @param target asked for each call, so that it may be known only after the tests have been registered
 */
export function conformance(target: () => Target): void {
  const collection = '/api/v1/model-performance';
  const item = (): string => `${collection}/${encodeURIComponent(target().modelId)}`;
  const send = (sent: Partial<Call> = {}) => call(target(), { method: 'PATCH', path: item(), ...sent });

  describe('routes', () => {
    test.each([
      ['another case', () => item().replace(collection, '/API/V1/Model-Performance')],
      ['a slash at the end', () => `${item()}/`],
      ['a query that is called like the parameter', () => `${item()}?ID=other`],
    ])('%s reaches the same function', async (_, path) => {
      expectProblem(await send({ path: path(), body: '{' }), 400, 'invalid-json');
    });

    test('a wrong method on a known path is 405 and names the right ones (F52)', async () => {
      const answer = await send({ method: 'POST', body: '{}' });
      expectProblem(answer, 405, 'method-not-allowed');
      expect(answer.headers.allow).toMatch(/\bPATCH\b/);
    });

    test.each(['GET', 'PATCH'])('%s on an unknown path is a 404 problem (F52)', async (method) => {
      expectProblem(await send({ method, path: '/api/v1/nobody/knows' }), 404, 'unknown-path');
    });
  });

  test.each(['/', '/api', '/api/'])('GET %s leads to the page', async (path) => {
    const { status, headers } = await send({ method: 'GET', path, withoutToken: true });
    expect({ status, location: headers.location }).toEqual({ status: 302, location: '/api/docs' });
  });

  // No token is needed for these, and without the app's guard each of them would keep its place for ever.
  describe('headers that make a call hang in stream mode (F56)', () => {
    test.each([
      { what: 'a value that is not ASCII', headers: { 'x-name': '\u00c3\u00bc' }, status: 500 },
      { what: 'headers over 16 KiB', headers: { 'x-long': 'a'.repeat(20_000) }, status: 200 },
      { what: 'an expectation', headers: { expect: 'foo' }, status: 200 },
      { what: 'an own x-ms-invocation-id', headers: { 'x-ms-invocation-id': 'conformance' }, status: 400 },
    ])('$what, twenty at once: $status', async ({ headers, status }) => {
      const one = () => send({ method: 'GET', path: '/api/health/live', headers, withoutToken: true });
      const answers = await Promise.all(Array.from({ length: 20 }, one));
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => status));
    });
  });

  describe('callers', () => {
    test('a call without a token is 401 and says what is missing (F60)', async () => {
      const answer = await send({ body: '{"windowsScore":1}', withoutToken: true });
      expectProblem(answer, 401, 'unauthenticated');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="[^"]+"$/);
    });

    test('a call with a token that is none is 401 and says so (F62)', async () => {
      const headers = { authorization: 'Bearer e30.e30.e30' };
      const answer = await send({ body: '{"windowsScore":1}', headers });
      expectProblem(answer, 401, 'invalid-token');
      expect(answer.headers['www-authenticate']).toMatch(/\berror="invalid_token"/);
    });

    test('a wrong method and an unknown path are told to everybody', async () => {
      expectProblem(await send({ method: 'POST', withoutToken: true }), 405, 'method-not-allowed');
      expectProblem(await send({ path: '/api/v1/nobody/knows', withoutToken: true }), 404, 'unknown-path');
    });
  });

  describe('bodies', () => {
    test('bad JSON (F44)', async () => {
      expectProblem(await send({ body: '{"windowsScore":1} and more' }), 400, 'invalid-json');
    });

    // An empty body would be invalid-json: this code shows that the chunks arrived.
    test('a chunked body is read like any other (F54)', async () => {
      expectProblem(await send({ body: '{"windowsScore":"5"}', chunked: true }), 400, 'invalid-body');
    });

    test.each([false, true])('a body over the limit, chunked: %s (F40)', async (chunked) => {
      const body = JSON.stringify({ model: 'x'.repeat(bodyLimitBytes) });
      expectProblem(await send({ body, chunked }), 413, 'body-too-large');
    });

    test('a body of another type (F41)', async () => {
      const headers = { 'content-type': 'text/plain' };
      expectProblem(await send({ body: '{"windowsScore":1}', headers }), 415, 'unsupported-media-type');
    });
  });

  describe('request ids', () => {
    test('a usable one comes back', async () => {
      const answer = await send({ body: '{', headers: { 'x-request-id': 'Conformance_1-a' } });
      expect(answer.headers['x-request-id']).toBe('Conformance_1-a');
    });

    test.each(['has space', 'ab;c', 'a'.repeat(65)])('%j is replaced (F51)', async (id) => {
      const answer = await send({ body: '{', headers: { 'x-request-id': id } });
      expect(answer.headers['x-request-id']).toMatch(/^[\w-]{1,64}$/);
    });
  });

  describe('an update', () => {
    test('answers with the whole object as Graph now has it', async () => {
      const windowsScore = Math.round(Math.random() * 1000) / 10;
      const answer = await send({ body: JSON.stringify({ windowsScore }) });
      expect(answer).toMatchObject({ status: 200, body: { id: target().modelId, windowsScore } });
      expect(Object.keys(answer.body as object).sort()).toEqual([...properties].sort());
      expect(answer.headers['content-type']).toMatch(/^application\/json\b/);
      expectCommonHeaders(answer.headers);
    });
  });
}
