import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { json, type Sent } from '../support/host-fixture/process.js';
import { useSystem } from '../support/useSystem.js';

const id = '7ec79407-9407-7ec7-0794-c77e0794c77e';

const system = useSystem();
let token: string;
beforeAll(() => {
  token = system.emulator.issue();
});
beforeEach(() => {
  system.emulator.reset();
});

/** Status and code of an update that says of its caller only what it is given. */
async function answerTo(headers: Sent['headers'], query = '', body: object = { windowsScore: 1 }) {
  const answer = await system.call(`/api/v1/model-performance/${id}${query}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    withoutToken: true,
  });
  const { error } = (answer.status === 200 ? { error: { code: 'ok' } } : json(answer)) as { error: { code: string } };
  return `${answer.status} ${error.code}`;
}
const none = '401 unauthenticated';
const bad = '401 invalid-token';

describe('the Authorization header', () => {
  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('takes the scheme %s', async (scheme) => {
    expect(await answerTo({ authorization: `${scheme} ${token}` })).toBe('200 ok');
    expect(await answerTo({ AUTHORIZATION: `  ${scheme}   ${token} ` })).toBe('200 ok');
  });

  test.each<[string, (token: string) => string | string[], string]>([
    ['empty', () => '', none],
    ['of another scheme', () => 'Basic dXNlcjpwYXNz', none],
    ['of a scheme that begins alike', (good) => `BearerToken ${good}`, none],
    ['that is the token alone', (good) => good, none],
    ['without a token', () => 'Bearer', bad],
    ['with a second word', (good) => `Bearer ${good} more`, bad],
    ['with a comma', (good) => `Bearer ${good},`, bad],
    ['with a tab', (good) => `Bearer\t${good}`, bad],
    ['with the scheme twice', (good) => `Bearer Bearer ${good}`, bad],
    ['with two tokens in one line', (good) => `Bearer ${good}, Bearer ${good}`, bad],
    ['with the token as a parameter', (good) => `Bearer token="${good}"`, bad],
    ['of 17 KiB', () => `Bearer ${'e'.repeat(17 * 1024)}`, bad],
  ])('%s', async (_, header, answer) => {
    expect(await answerTo({ authorization: header(token) })).toBe(answer);
    expect(system.emulator.requests({ method: 'PATCH' })).toEqual([]);
  });

  test.each<[string, (token: string) => string, RegExp]>([
    ['empty', () => '', /^Send a token/],
    ['that is the token alone', (good) => good, /^The Authorization header does not begin with the word Bearer\. Send/],
    [
      'without a token',
      () => 'Bearer ',
      /^No token follows the word Bearer: it may come from a variable that is empty\. Get/,
    ],
    ['with the scheme twice', (good) => `Bearer Bearer ${good}`, /^The word Bearer stands there twice\. Send the same/],
    ['with the scheme twice and no token', () => 'Bearer Bearer', /twice, and no token follows\. Get/],
    ['with a token in quotes', (good) => `Bearer "${good}"`, /^The token stands in quotes\. Send the same/],
    [
      'with a broken token',
      (good) => `Bearer ${good.slice(0, 20)} ${good.slice(20)}`,
      /^More than one word follows Bearer: .* Send the same token in one piece\.$/,
    ],
  ])('%s says what is wrong', async (_, header, detail) => {
    const answer = await system.call(`/api/v1/model-performance/${id}`, {
      headers: { authorization: header(token) },
      withoutToken: true,
    });
    expect([answer.status, json(answer)]).toEqual([
      401,
      expect.objectContaining({ detail: expect.stringMatching(detail) }),
    ]);
  });

  test('twice is refused, whichever line is good', async () => {
    const twice = (...values: string[]) => answerTo({ authorization: values });
    expect(await twice(`Bearer ${token}`, `Bearer ${token}`)).toBe(bad);
    expect(await twice(`Bearer ${token}`, 'Bearer e30.e30.e30')).toBe(bad);
    expect(await twice('Basic dXNlcjpwYXNz', `Bearer ${token}`)).toBe(none);
  });
});

describe('a token anywhere else is never read', () => {
  test.each<[string, (token: string) => Sent['headers']]>([
    ['Proxy-Authorization', (good) => ({ 'proxy-authorization': `Bearer ${good}` })],
    ['a cookie', (good) => ({ cookie: `access_token=${good}; AppServiceAuthSession=${good}` })],
    ['X-Authorization', (good) => ({ 'x-authorization': `Bearer ${good}`, x_authorization: `Bearer ${good}` })],
    ['X-ZUMO-AUTH', (good) => ({ 'x-zumo-auth': good })],
    ['the platform’s token header', (good) => ({ 'x-ms-token-aad-access-token': good })],
  ])('%s', async (_, headers) => {
    expect(await answerTo(headers(token))).toBe(none);
  });

  // The platform puts a query value or a body property called Headers in the place of the request's headers.
  test.each(['Headers', 'headers', 'HEADERS', '%48eaders'])('the query: %s', async (name) => {
    const forged = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    for (const value of [
      forged,
      Object.entries(forged),
      [],
      1,
      null,
      `Bearer ${token}`,
      { 'no name': 'x' },
      { a: '漢' },
    ]) {
      const query = `?${name}=${encodeURIComponent(JSON.stringify(value))}`;
      expect(await answerTo({}, query)).toBe(none);
      expect(await answerTo({}, `?x=1&${name}=1&${query.slice(1)}`)).toBe(none);
      expect(await answerTo({ authorization: `Bearer ${token}` }, query)).toBe('200 ok');
    }
  });

  test.each(['access_token', 'token', 'authorization', 'Authorization', 'code'])('the query: %s', async (name) => {
    expect(await answerTo({}, `?${name}=${token}`)).toBe(none);
    expect(await answerTo({}, `?${name}=${encodeURIComponent(`Bearer ${token}`)}`)).toBe(none);
  });

  test.each(['access_token', 'authorization', 'headers', 'HEADERS', 'Headers'])('the body: %s', async (name) => {
    const forged = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    for (const value of [forged, token, {}, 1, { 'no name': 'x' }]) {
      const body = { windowsScore: 1, [name]: value };
      expect(await answerTo({}, '', body)).toBe(none);
      expect(await answerTo({ authorization: `Bearer ${token}` }, '', body)).toBe('400 invalid-body');
    }
    expect(system.emulator.requests()).toEqual([]);
  });

  test.each(['GET', 'HEAD'])('the body of a %s', async (method) => {
    const body = JSON.stringify({ Headers: { authorization: `Bearer ${token}` } });
    const call = (headers: Sent['headers']) =>
      system.call(`/api/v1/model-performance/${id}`, { method, headers: { ...headers }, body, withoutToken: true });
    expect((await call({})).status).toBe(401);
    expect((await call({ authorization: `Bearer ${token}` })).status).toBe(200);
  });
});

test('the product nowhere reads what a platform says of the caller (F61)', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const file of files) {
    const code = readFileSync(join('src', file), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');
    expect(code).not.toMatch(/client-principal|request\.user\b|\{[^}]*\buser\b[^}]*\}\s*[:=]\s*request/i);
  }
});

describe('the order of checks', () => {
  const headers = { 'content-type': 'text/plain', 'if-match': '"1"' };
  const order = (path: string, method: string, sent: Record<string, string> = {}) =>
    system
      .call(path, { method, headers: { ...headers, ...sent }, body: '{', withoutToken: true })
      .then(({ status }) => status);

  test('is 404, 405, 401, 403, id', async () => {
    const readOnly = { authorization: `Bearer ${system.emulator.issue({ roles: ['ModelPerformance.Read'] })}` };
    expect(await order('/api/v1/nobody', 'PATCH')).toBe(404);
    expect(await order('/api/v1/model-performance/a;b', 'PUT')).toBe(405);
    expect(await order('/api/v1/model-performance/a;b', 'PATCH')).toBe(401);
    expect(await order('/api/v1/model-performance/a;b', 'PATCH', readOnly)).toBe(403);
    expect(await order('/api/v1/model-performance/a;b', 'PATCH', { authorization: `Bearer ${token}` })).toBe(400);
  });
});
