import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import type { ArmedFault } from '../../local/emulator/armory.js';
import { internals } from '../../local/emulator/constants.js';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { faults } from '../../local/emulator/faults.js';
import { arrived, beta, capture, firstModel, graphToken, type Captured } from '../support/emulatorCalls.js';

const first = firstModel();
const asked = { windowsScore: 12.345678901234, cloudIdentityScore: 1 };
const nowMs = Date.UTC(2030, 0, 1, 12, 0, 0, 1);
let emulator: Emulator;
let headers: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ now: () => nowMs });
  headers = { authorization: `Bearer ${await graphToken(emulator)}`, 'content-type': 'application/json' };
});
beforeEach(() => {
  emulator.reset();
});
afterAll(() => emulator.close());

/** What a row must show: its bytes, how the connection ends, what is stored. */
interface Shows {
  readonly text: RegExp | readonly RegExp[];
  /** The end of the connection; `fin` by default. `hangs`: nothing ends it but disarming. */
  readonly end?: 'fin' | 'reset' | 'hangs' | 'endless';
  readonly stored?: 'all' | Partial<typeof asked>;
  readonly armed?: Partial<ArmedFault>;
}

const all = 'all';
const status = (code: number, ...more: RegExp[]): Shows => ({ text: [new RegExp(`^HTTP/1.1 ${code} `), ...more] });
const error = (code: number, name: string, ...more: RegExp[]): Shows =>
  status(code, new RegExp(`"code":"${name}"`), /GRAPH-INTERNAL-MARKER/, ...more);
const throttled = (...more: RegExp[]) => error(429, 'TooManyRequests', ...more);
const good = /"windowsScore":12.345678901234/;

const onGraph: Readonly<Record<string, Shows>> = {
  none: { ...status(200, good), stored: all },
  F01: throttled(/retry-after: 2\r/),
  'F01-gzip': status(429, /retry-after: 2\r/, /content-encoding: gzip/, /not gzip/),
  'F02-future': throttled(/retry-after: Tue, 01 Jan 2030 12:00:03 GMT\r/),
  'F02-past': throttled(/retry-after: Tue, 01 Jan 2030 11:59:01 GMT\r/),
  'F02-far': throttled(/retry-after: \w+, \d+ Dec 2039/),
  'F02-rfc850': throttled(/retry-after: Tuesday, 01-Jan-30 12:00:03 GMT\r/),
  'F02-asctime': throttled(/retry-after: Tue Jan {2}1 12:00:03 2030\r/),
  F03: throttled(/^(?![^]*retry-after)/i),
  'F03-nested': throttled(/^(?![^]*retry-after)/i, /\\"RetryAfter\\":2,/),
  'F03-nested-twice': throttled(/^(?![^]*retry-after)/i, /\\\\\\"RetryAfter\\\\\\":\\\\\\"2\\\\\\"/),
  'F04-abc': throttled(/retry-after: abc 5\r/),
  'F04-negative': throttled(/retry-after: -1\r/),
  'F04-exponent': throttled(/retry-after: 1e3\r/),
  'F04-hex': throttled(/retry-after: 0x10\r/),
  'F04-25-days': throttled(/retry-after: 2160000\r/),
  'F04b-list': throttled(/retry-after: 1, 2\r/),
  'F04b-lines': status(429, /retry-after: 2\r\nretry-after: 1\r/),
  'F04b-decimal': throttled(/retry-after: 1.128\r/),
  F05: throttled(/retry-after: 3600\r/),
  F06: error(503, 'ServiceUnavailable', /^(?![^]*retry-after)/i),
  'F06-wait': error(503, 'ServiceUnavailable', /retry-after: 2\r/),
  'F07-502': error(502, 'BadGateway'),
  'F07-504': error(504, 'GatewayTimeout'),
  'F07-408': error(408, 'RequestTimeout'),
  'F08-500': error(500, 'InternalServerError'),
  'F08-internal': error(400, 'InternalError'),
  'F08-unknown': error(400, 'UnknownError'),
  'F08-case': error(400, 'internalError'),
  'F08-nested': error(400, 'BadRequest', /\\"CustomApiErrorPhrase\\":\\"InternalServerError\\"/),
  'F08-nested-twice': error(400, 'BadRequest', /\\"code\\":\\"UnknownError\\"/),
  'F08-empty': status(400, /content-length: 0\r\n/),
  'F08-html': status(400, /<h1>/),
  'F08-reset': { ...status(400, /"code":"InternalError"/), end: 'reset' },
  'F08-fin': status(400, /"code":"InternalError"/),
  'F08-hang': { ...status(400, /"code":"InternalError"/), end: 'hangs' },
  'F08-large': error(400, 'InternalError', /x{1000000}/),
  'F08-bytes': status(400, /"code":"InternalError"/, /"message":"\ufffd"/),
  'F08-gzip': status(400, /content-encoding: gzip/, /not gzip/),
  F09: error(401, 'InvalidAuthenticationToken'),
  F10: error(401, 'InvalidAuthenticationToken'),
  'F11-role': error(403, 'Forbidden', /DeviceManagementConfiguration/),
  'F11-licence': error(403, 'Forbidden', /licensed/),
  F12: error(404, 'ResourceNotFound'),
  'F13-409': error(409, 'Conflict'),
  'F13-412': error(412, 'PreconditionFailed'),
  'F13-423': error(423, 'Locked'),
  F14: error(400, 'No method match route template'),
  'F14-message': error(400, 'BadRequest', /No method match/),
  'F14-nested': error(400, 'BadRequest', /No method match/),
  'F14-405': error(405, 'MethodNotAllowed'),
  'F14-501': error(501, 'NotImplemented'),
  'F15-400': error(400, 'BadRequest'),
  'F15-422': error(422, 'UnprocessableEntity'),
  F16: status(200, new RegExp(`"windowsScore":${first.windowsScore}`)),
  'F16-partly': { ...status(200, good), stored: { windowsScore: asked.windowsScore } },
  'F16-rounded': {
    ...status(200, /"windowsScore":12.3456789,/),
    stored: { windowsScore: 12.3456789, cloudIdentityScore: 1 },
  },
  'F16-single': {
    ...status(200, /"windowsScore":12.34567928314209/),
    stored: { windowsScore: Math.fround(asked.windowsScore), cloudIdentityScore: 1 },
  },
  'F16-count': { ...status(200, good), stored: all },
  'F16b-200': { ...status(200, new RegExp(`"windowsScore":${first.windowsScore}`)), stored: all },
  'F16b-204': { ...status(204, /\r\n\r\n$/), stored: all },
  'F16b-200-late': { ...status(200, new RegExp(`"windowsScore":${first.windowsScore}`)), stored: all },
  'F16b-204-late': { ...status(204, /\r\n\r\n$/), stored: all },
  'F17-201': { ...status(201, good), stored: all },
  'F17-202': { ...status(202, good), stored: all },
  'F17-207': { ...status(207, good), stored: all },
  'F17-other-id': { ...status(200, good, /"id":"0{8}-/), stored: all },
  'F17-case': { ...status(200, good, new RegExp(`"id":"${first.id.toUpperCase()}"`)), stored: all },
  'F17-gzip': { ...status(200, /content-encoding: gzip/, /not gzip/), stored: all },
  'F17-204': { ...status(204, /\r\n\r\n$/), stored: all },
  'F17-empty': { ...status(200, /content-length: 0\r\n/, /\r\n\r\n$/), stored: all },
  'F17-html': { ...status(200, /text\/html/, /<h1>/), stored: all },
  'F17-malformed': { ...status(200, /application\/json/, /\{"id": GRAPH/), stored: all },
  'F17-null': { ...status(200, /\r\n\r\nnull$/), stored: all },
  'F17-truncated': { ...status(200, /content-length: \d{3}\r/, /[^}]$/), stored: all },
  'F17-truncated-close': { ...status(200, /^(?![^]*content-length)/, /[^}]$/), stored: all },
  'F17-huge': { ...status(200, /"padding":"x{1048576}"/, good), stored: all },
  'F17-wrapped': { ...status(200, /"value":\{/, good), stored: all },
  'F18-same': status(307, /location: \/beta\/deviceManagement/),
  'F18-302': status(302, /location: \/beta\/deviceManagement/),
  'F18-other': status(307, /location: http:\/\/127.0.0.1:\d+\/beta\/deviceManagement/),
  'F18-303': status(303, /location: http:\/\/127.0.0.1:\d+\/beta\/deviceManagement/),
  'F19-406': error(406, 'NotAcceptable'),
  'F19-413': error(413, 'RequestEntityTooLarge'),
  'F19-414': error(414, 'UriTooLong'),
  'F19-415': error(415, 'UnsupportedMediaType'),
  'F19-418': error(418, 'Teapot'),
  'F19-999': error(999, 'Unknown'),
  'F19-1xx': {
    ...status(103, /^(HTTP\/1.1 103 Early Hints\r\nlink: <\/>\r\n\r\n){2000}HTTP\/1.1 200 OK/, good),
    stored: all,
  },
  'F19-1xx-endless': { ...status(103), end: 'endless' },
  'F19-101': { ...status(101), end: 'hangs' },
  'F19-099': { text: /^HTTP\/1.1 099 / },
  'F20-html': status(500, /<h1>/, /GRAPH-INTERNAL-MARKER/),
  'F20-html-503': status(503, /<h1>/, /GRAPH-INTERNAL-MARKER/),
  'F20-once': error(400, 'BadRequest', /"message":"\{\\"_version\\":3/),
  'F20-twice': error(
    403,
    'Forbidden',
    /"message":"\{\\"error\\":\{\\"code\\":\\"Forbidden\\",\\"message\\":\\"\{\\\\\\"_version/,
  ),
  'F23-reset': { text: /^$/, end: 'reset' },
  'F23-fin': { text: /^$/ },
  'F23-stale': { text: /^$/ },
  'F24-ok': { ...status(200, /content-length: \d{3}\r/, /[^}]$/), end: 'reset', stored: all },
  'F24-error': { ...status(503, /GRAPH-INTERNAL-MARKER/), end: 'reset' },
  F25: { text: /^$/, end: 'hangs' },
  'F25-late': { ...status(200, good), stored: all, armed: { delayMs: 30 } },
  F26: { ...status(200, good), stored: all, armed: { delayMs: 1 } },
  'F26-error': { ...status(503, /GRAPH-INTERNAL-MARKER/), end: 'hangs', armed: { delayMs: 1 } },
  F27: { ...status(200, /transfer-encoding: chunked/), end: 'endless', stored: all },
  'F27-error': { ...status(503, /transfer-encoding: chunked/), end: 'endless' },
  'F28-garbage': { text: /^SSH-2.0-/ },
  'F28-chunk': status(200, /transfer-encoding: chunked/, /\r\n\r\nzz\r\n/),
  'F28-both': status(200, /transfer-encoding: chunked\r\ncontent-length: \d+/),
  'F28-header': status(200, /x-long: x{20000}\r\n/),
};

const html = (code: number) => status(code, /<h1>/);
const hangs: Shows = { text: /^$/, end: 'hangs' };
const onIssuer: Readonly<Record<string, Shows>> = {
  down: html(500),
  slow: hangs,
  html: html(200),
  empty: status(200, /\r\n\r\n\{\}$/),
  redirect: status(302, /location: http:\/\/127.0.0.1:\d+\//),
  reset: { text: /^$/, end: 'reset' },
};
const onIdentity: Readonly<Record<string, Shows>> = {
  'F30-500': status(500, /"statusCode":500/),
  'F30-503': status(503, /"statusCode":503/),
  'F30-html': html(200),
  'F30-no-expiry': status(200, /"access_token":"ey/, /^(?![^]*expires_on)/),
  'F30-empty': status(200, /"access_token":""/),
  'F10-same': status(200, /"access_token":"ey/),
  F31: hangs,
  F32: {
    ...status(200, new RegExp(`"expires_on":"${Math.floor(nowMs / 1000) + 60}"`)),
    armed: { lifetimeSeconds: 60 },
  },
  F33: status(400, /No User Assigned or Delegated Managed Identity/),
};

/** Plays a row and leaves when it can only be left. */
async function played(
  url: string,
  raw: Parameters<typeof capture>[1],
  { end = 'fin', text }: Shows,
): Promise<Captured> {
  const shown = [text].flat();
  const done = (so: string) => (end === 'endless' ? so.length > 200_000 : shown.every((part) => part.test(so)));
  const playing = capture(url, raw, end === 'endless' || end === 'hangs' ? done : undefined);
  if (end === 'hangs' && shown.some((part) => part.test(''))) {
    await arrived(emulator, { method: raw.method });
    await new Promise((resolve) => setImmediate(resolve));
    emulator.disarm();
  }
  return playing;
}

function check({ text, end = 'fin' }: Shows, got: Captured): void {
  for (const part of [text].flat()) expect(got.text).toMatch(part);
  if (end === 'fin' || end === 'reset') expect(got.end).toBe(end);
}

describe('on Graph', () => {
  const patch = { method: 'PATCH', path: beta(first.id), body: JSON.stringify(asked) };

  test.each(Object.entries(onGraph))('%s', async (fault, shows) => {
    emulator.arm({ fault, model: first.id, ...shows.armed });
    const got = await played(emulator.graphUrl, { ...patch, headers }, shows);
    check(shows, got);
    const stored = shows.stored === 'all' ? asked : shows.stored;
    expect(emulator.model(first.id)).toEqual({ ...first, ...stored });
    expect(emulator.requests()[0]).toMatchObject({
      fault,
      id: first.id,
      body: fault === 'F23-stale' ? '' : patch.body,
    });
    expect(emulator.armed()).toEqual([]);
  });

  test('whether a write is stored can be said otherwise', async () => {
    const stored = async (fault: string, applied: boolean) => {
      emulator.reset();
      emulator.arm({ fault, applied, model: first.id });
      await played(emulator.graphUrl, { ...patch, headers }, onGraph[fault] ?? status(0));
      return emulator.model(first.id)?.windowsScore === asked.windowsScore;
    };
    for (const fault of ['F07-504', 'F08-500', 'F23-reset', 'F23-fin', 'F25', 'F16'])
      expect(await stored(fault, true)).toBe(true);
    for (const fault of ['F17-204', 'F17-html', 'F24-ok', 'F27']) expect(await stored(fault, false)).toBe(false);
  });

  test('waits can be said otherwise', async () => {
    emulator.arm([
      { fault: 'F01', retryAfterSeconds: 9 },
      { fault: 'F02-future', retryAfterSeconds: 60 },
      { fault: 'F03-nested', retryAfterSeconds: 8 },
    ]);
    const text = async () => (await capture(emulator.graphUrl, { ...patch, headers })).text;
    expect(await text()).toMatch(/retry-after: 9\r/);
    expect(await text()).toMatch(/12:01:01 GMT/);
    expect(await text()).toMatch(/\\"RetryAfter\\":8,/);
  });

  test('F25-late leaves a write undone when the caller has gone', async () => {
    emulator.arm([
      { fault: 'F25-late', delayMs: 60 },
      { fault: 'none', delayMs: 90, method: 'GET' },
    ]);
    const socket = connect(Number(new URL(emulator.graphUrl).port), '127.0.0.1');
    const lines = Object.entries({ ...headers, host: 'x', 'content-length': patch.body.length }).map((line) =>
      line.join(': '),
    );
    socket.write(`PATCH ${patch.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${patch.body}`);
    await arrived(emulator, { id: first.id });
    socket.destroy();
    await capture(emulator.graphUrl, { method: 'GET', path: patch.path, headers });
    expect(emulator.model(first.id)).toEqual(first);
  });

  test('F18-other: what is re-sent to the other host is recorded', async () => {
    emulator.arm({ fault: 'F18-other' });
    await fetch(`${emulator.graphUrl}${patch.path}`, { method: 'PATCH', headers, body: patch.body });
    expect(emulator.requests().map(({ server }) => server)).toEqual(['graph', 'elsewhere']);
  });

  test('F21 refuses until disarmed, on the same port', async () => {
    const alive = async () => (await fetch(`${emulator.graphUrl}${beta(first.id)}`, { headers })).status;
    emulator.arm({ fault: 'F25', method: 'GET' });
    const hanging = alive();
    await arrived(emulator, { id: first.id });
    emulator.arm({ fault: 'F21' });
    await expect(hanging).rejects.toThrow();
    await expect(alive()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    emulator.disarm();
    expect(await alive()).toBe(200);
  });

  test('F22: the plain port answers no TLS', async () => {
    await expect(fetch(emulator.graphUrl.replace('http', 'https'))).rejects.toThrow();
  });
});

/** Values and links that only a reader meets. */
const onReads: Readonly<Record<string, RegExp>> = {
  'F29-nan': /"windowsScore":"NaN"/,
  'F29-inf': /"windowsScore":"INF",.*"cloudIdentityScore":"-INF"/,
  'F29-fraction': /"modelDeviceCount":1\.5,/,
  'F29-beyond-int32': /"modelDeviceCount":2147483648,/,
  'F29-beyond-double': /"windowsScore":1e400,/,
  'F29-number-for-text': /"model":5,.*"healthStatus":3/,
  'F29-object': /"model":\{"name":"Latitude"\},.*"windowsScore":\{\},.*"healthStatus":\[\]/,
  'F29-null': /"windowsScore":null,.*"healthStatus":null/,
  'F29-nested': /"model":\[{6000}\]{6000},/,
  'F29b-itself': /nextLink":"[^"]*\?\$skiptoken=ZnJvbSAw"/,
  'F29b-circle': /nextLink":"[^"]*\?\$skiptoken=ZnJvbSAyMA"/,
  'F29b-endless': /nextLink":"[^"]*\?\$skiptoken=ZnJvbSAw","value":\[\]/,
  'F29b-null': /nextLink":null,/,
  'F29b-other-case': /nextLink":"[^"]*\/USEREXPERIENCE\w+\?/,
  'F29b-no-mark': /nextLink":"[^"]*\?\$top=20"/,
  'F29b-more-options': /nextLink":"[^"]*\?\$top=1&%24SkipToken=\w+&\$expand=devices"/,
  'F29b-another-path': /nextLink":"[^"]*Performances\?/,
  'F29b-another-host': /nextLink":"http:\/\/localhost:/,
  'F29b-no-address': /nextLink":"next"/,
};

test.each(Object.entries(onReads))('%s', async (fault, shows) => {
  const path = fault.startsWith('F29b') ? beta(first.id).replace(`/${first.id}`, '') : beta(first.id);
  emulator.arm({ fault });
  const { text } = await capture(emulator.graphUrl, { method: 'GET', path, headers });
  expect(text).toMatch(/^HTTP\/1.1 200 /);
  expect(text).toMatch(shows);
  expect(emulator.requests()[0]).toMatchObject({ fault });
});

describe('on the identity', () => {
  const get = () => {
    const { pathname, origin } = new URL(emulator.identityEnvironment.IDENTITY_ENDPOINT);
    const query = `resource=https://graph.microsoft.com&api-version=2019-08-01&client_id=${emulator.clientId}`;
    const secret = { 'x-identity-header': emulator.identityEnvironment.IDENTITY_HEADER };
    return [origin, { method: 'GET', path: `${pathname}?${query}`, headers: secret }] as const;
  };

  test.each(Object.entries(onIdentity))('%s', async (fault, shows) => {
    emulator.arm({ fault, ...shows.armed });
    check(shows, await played(...get(), shows));
    expect(emulator.requests()[0]).toMatchObject({ fault, server: 'identity' });
  });

  test('F30-refused refuses tokens and nothing else', async () => {
    emulator.arm({ fault: 'F30-refused' });
    await expect(capture(...get())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await fetch(`${emulator.identityUrl}/__faults`)).status).toBe(200);
    emulator.disarm();
    expect((await capture(...get())).text).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe.each([
  ['keys', '/discovery/v2.0/keys'],
  ['metadata', '/v2.0/.well-known/openid-configuration'],
])('on %s', (place, path) => {
  test.each(Object.entries(onIssuer))('%s', async (name, shows) => {
    const fault = `${place}-${name}`;
    emulator.arm({ fault });
    check(shows, await played(emulator.identityUrl, { method: 'GET', path: `/${emulator.tenantId}${path}` }, shows));
    expect(emulator.requests()[0]).toMatchObject({ fault, server: 'entra' });
  });
});

test('every row is played above', () => {
  const issuer = ['keys', 'metadata'].flatMap((place) => Object.keys(onIssuer).map((name) => `${place}-${name}`));
  const apart = ['F21', 'F21-dns', 'F22', 'F30-refused'];
  const inBatches = [...faults.keys()].filter((id) => id.startsWith('F76'));
  const reads = Object.keys(onReads);
  const tried = [...inBatches, ...Object.keys(onGraph), ...reads, ...Object.keys(onIdentity), ...issuer, ...apart];
  // Those of ingestion and of batches are played in tests of their own.
  const rows = [...faults.values()].filter(({ on }) => on !== 'ingestion').map(({ id }) => id);
  expect(tried.sort()).toEqual(rows.sort());
  expect(internals).toMatch(/host .*account /);
});
