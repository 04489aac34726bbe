import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openStreamPort } from '../../local/host/stream.js';
import { json, send, startHost, type HostProcess } from '../support/host-fixture/process.js';

let host: HostProcess;
let url: string;

beforeAll(async () => {
  host = startHost({}, '--list');
  url = await host.baseUrl;
});

afterAll(() => {
  host.child.kill('SIGKILL');
});

describe('a call', () => {
  test('names every function with its methods and address', () => {
    expect(host.output.out).toContain(`\n  only-get: GET ${url}/api/only\n`);
    expect(host.output.out).toContain(
      `\n  echo: GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS ${url}/api/echo/{id}/{note?}\n`,
    );
  });

  test('passes on method, address, parameters, headers and body, and the answer', async () => {
    const headers = { 'X-One': ['a', 'b'], 'content-type': 'text/plain' };
    const answer = await send(url, '/API/Echo/a%20b%2Fc?x=1&x=2', { method: 'PATCH', headers, body: 'hello' });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-fixture': 'yes', 'content-type': 'application/json' } });
    expect(json(answer)).toMatchObject({
      function: 'echo',
      method: 'PATCH',
      url: `${url}/API/Echo/a%20b%252Fc?x=1&x=2`,
      headers: { 'x-one': 'a,b', 'content-length': '5', host: new URL(url).host },
      body: 'hello',
    });
    expect(json(answer)).toHaveProperty('params.id', 'a b%2Fc');
  });

  test('the first function by name wins, whatever the case of the names', async () => {
    expect(json(await send(url, '/api/order/first'))).toEqual({ function: 'A-param' });
    expect(json(await send(url, '/api/ahead/first'))).toEqual({ function: 'c-literal' });
    expect(json(await send(url, '/api/ahead/second/'))).toEqual({ function: 'd-param' });
  });

  test('a method chooses among functions of one path; another method gets the bare 404', async () => {
    expect(json(await send(url, '/api/only'))).toEqual({ function: 'only-get' });
    expect(json(await send(url, '/api/only', { method: 'POST' }))).toEqual({ function: 'only-post' });
    for (const method of ['HEAD', 'PUT', 'PROPFIND']) {
      const answer = await send(url, '/api/only', { method });
      expect(answer).toMatchObject({ status: 404, text: '', headers: { 'content-length': '0' } });
      expect(answer.headers).not.toHaveProperty('content-type');
    }
  });

  test('unknown paths, reserved paths and the home page', async () => {
    for (const path of ['/api/nobody', '/only']) expect(await send(url, path)).toMatchObject({ status: 404, text: '' });
    for (const path of ['/admin/host/status', '/runtime/webhooks/x'])
      expect(await send(url, path)).toMatchObject({
        status: 401,
        text: '',
        headers: { 'www-authenticate': 'Bearer' },
      });
    expect(await send(url, '/')).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } });
  });

  test('a HEAD function answers without a body', async () => {
    expect(await send(url, '/api/head', { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'x-fixture': 'yes' },
    });
  });

  test('a chunked body arrives', async () => {
    const answer = await send(url, '/api/echo/1', { method: 'PATCH', chunks: ['one ', 'two'] });
    expect(json(answer)).toHaveProperty('body', 'one two');
  });

  test('encoded dot segments climb as plain ones do', async () => {
    expect(json(await send(url, '/api/echo/x/%2e%2E/%2e/y'))).toHaveProperty('params.id', 'y');
    expect(json(await send(url, '/api/files/a/b?q=1'))).toHaveProperty('rest', 'a/b');
  });

  test('the call belongs to the trace of the caller, or to a new one', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01`, tracestate: 'vendor=1' };
    const known = json(await send(url, '/api/echo/1', { headers }));
    expect(known).toHaveProperty('trace.traceParent', expect.stringMatching(`^00-${trace}-[0-9a-f]{16}-01$`));
    expect(known).not.toHaveProperty('trace.traceParent', headers.traceparent);
    expect(known).toHaveProperty('trace.traceState', 'vendor=1');
    for (const traceparent of ['nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`]) {
      const unknown = json(await send(url, '/api/echo/1', { headers: { traceparent } }));
      expect(unknown).toHaveProperty('trace.traceParent', expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/));
      expect(unknown).not.toHaveProperty('trace.traceParent', expect.stringContaining('0'.repeat(32)));
    }
  });

  test('a message of several lines is one line of the log', async () => {
    await send(url, '/api/says');
    await host.printed('second line');
    expect(host.output.out).toMatch(/^\[\d{4}-[^\]]+Z\] \[says\] first line\\nsecond line \\u001b\[31m$/m);
  });

  test('hooks run around a call', async () => {
    await send(url, '/api/hooks');
    expect(json(await send(url, '/api/hooks'))).toEqual([
      'appStart',
      'preInvocation',
      'postInvocation',
      'preInvocation',
    ]);
  });

  test('the app finds the address of the host in its environment', async () => {
    const { host: address } = new URL(url);
    expect(json(await send(url, '/api/variable/WEBSITE_HOSTNAME'))).toBe(address);
  });

  test('limits of the web server', async () => {
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await send(url, path, { headers })).status;
    expect(await status('/api/only', { 'x-long': 'a'.repeat(33_000) })).toBe(431);
    expect(await status('/api/only', Object.fromEntries([...Array(101).keys()].map((n) => [`x-${n}`, '1'])))).toBe(431);
    expect(await status(`/api/files/${'a'.repeat(9000)}`)).toBe(414);
    expect(await status('/api/files/%00')).toBe(400);
    expect(await status('/api/only', { host: 'a b' })).toBe(400);
    expect(await status('/api/only', { 'x-latin1': '\u00e9' })).toBe(400);
    expect(await status('/api/only', { 'content-length': '104857601' })).toBe(500);
  });

  test.each([
    ['NONSENSE\r\n\r\n', 400],
    ['FOO /api/only HTTP/1.1\r\nhost: x\r\n\r\n', 404],
    ['OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['GET /api/only HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n', 500],
    ['GET /api/only HTTP/1.0\r\n\r\n', 500],
    ['GET /api/only HTTP/1.1\r\n\r\n', 400],
    ['POST /api/echo/1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 500],
  ])('the malformed request %j is answered with %i', async (sent, status) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(sent);
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('a header of an answer that is not ASCII makes it a 500', async () => {
    expect(await send(url, '/api/umlaut')).toMatchObject({ status: 500, text: '' });
  });

  test('a caller that goes away leaves the call running and the host alive', async () => {
    const leaving = new AbortController();
    const before = host.output.out.length;
    const call = fetch(`${url}/api/wait`, { signal: leaving.signal }).catch(() => 'left');
    await host.printed('[wait] waiting');
    expect(host.output.out.length).toBeGreaterThan(before);
    leaving.abort();
    expect(await call).toBe('left');
    expect((await send(url, '/api/release')).status).toBe(200);
    expect((await send(url, '/api/only')).status).toBe(200);
  });
});

describe('stream mode', () => {
  test('query and body values appear among the parameters, and the route’s values win', async () => {
    const sent = { method: 'PATCH', body: '{"note":"body","count":5,"yes":true,"no":null,"list":[1]}' };
    expect(json(await send(url, '/api/echo/route?id=query&extra=1&code=key', sent))).toHaveProperty('params', {
      id: 'route',
      note: 'body',
      count: '5',
      yes: 'True',
      extra: '1',
    });
    expect(json(await send(url, '/api/echo/route?ID=query'))).toHaveProperty('params', { ID: 'route' });
    expect(json(await send(url, '/api/files/x?A=1&a=2&f=%FF'))).toEqual({ rest: 'x', a: '2', f: '%FF' });
  });

  test('a query can take the place of the headers', async () => {
    const forged = encodeURIComponent('{"x-forged":"1"}');
    expect(json(await send(url, `/api/echo/1?Headers=${forged}`))).toHaveProperty('headers', { 'x-forged': '1' });
    expect(json(await send(url, '/api/echo/1?headers=1'))).toHaveProperty('headers', {});
  });

  test('cookies come as lines of their own', async () => {
    expect((await send(url, '/api/cookies')).headers['set-cookie']).toEqual(['a=1', 'b=1']);
  });

  test('a function that throws never answers', async () => {
    const leaving = new AbortController();
    let answered = false;
    const call = fetch(`${url}/api/throws`, { signal: leaving.signal }).then(
      () => (answered = true),
      () => undefined,
    );
    await host.printed('[throws] Failed: Error: thrown by the fixture');
    await send(url, '/api/only');
    expect(answered).toBe(false);
    leaving.abort();
    await call;
  });

  test.each([8, 64])('an answer before a body of %i MiB has been read arrives', async (mebibytes) => {
    const sent = { method: 'POST', body: Buffer.alloc(mebibytes * 1024 * 1024) };
    expect(await send(url, '/api/early', sent)).toMatchObject({ status: 413, text: 'not read' });
  });
});

test('a server that the library opens for all interfaces is on loopback only, and no other server is', async () => {
  const library = createServer();
  const getCapabilities = () =>
    new Promise<Record<string, string>>((resolve) => {
      library.listen(() => {
        resolve({ HttpUri: `http://localhost:${(library.address() as AddressInfo).port}/` });
      });
    });
  const model = { getCapabilities, getInvocationModel: () => Promise.reject(new Error('not asked')) };
  const hooks = { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [] };
  const app = { functions: [], hooks, log: () => undefined, started: true, model };

  const opening = openStreamPort(app);
  const other = createServer().listen();
  const port = await opening;
  expect(library.address()).toMatchObject({ address: '127.0.0.1', port });
  expect(other.address()).not.toMatchObject({ address: '127.0.0.1' });
  library.close();
  other.close();
});
