import type { Act, Content, Fault, RetryAfter, GraphError } from './act.js';
import { internals } from './constants.js';

/** Options of a row that differ from the usual: a PATCH that was not stored. */
type More = Partial<Pick<Fault, 'applied' | 'method'>>;

const graph = (id: string, description: string, act: Act, more: More = {}): Fault => ({
  id,
  description,
  on: 'graph',
  act,
  method: 'PATCH',
  applied: false,
  ...more,
});
const elsewhere = (on: Fault['on'], id: string, description: string, act: Act): Fault => ({
  id,
  description,
  on,
  act,
  method: 'any',
  applied: false,
});

/** Graph said 2xx: unless told otherwise, it meant it. */
const stored: More = { applied: true };

const refusal = (status: number, error: GraphError, retryAfter?: RetryAfter): Act => ({
  do: 'answer',
  status,
  content: { error },
  ...(retryAfter !== undefined && { retryAfter }),
});
const answer = (status: number, content: Content, headers: Readonly<Record<string, string>> = {}): Act => ({
  do: 'answer',
  status,
  content,
  headers,
});
const redirect = (status: number, location: 'itself' | 'elsewhere'): Act => ({
  do: 'answer',
  status,
  content: 'nothing',
  location,
});
const wire = (text: string, then: Extract<Act, { do: 'wire' }>['then']): Extract<Act, { do: 'wire' }> => ({
  do: 'wire',
  text,
  then,
});

const throttled: GraphError = { code: 'TooManyRequests', message: 'Too many requests' };
const throttle = (retryAfter?: RetryAfter) => refusal(429, throttled, retryAfter);
const unavailable: GraphError = { code: 'ServiceUnavailable', message: 'CancelledOnServiceTimeout' };
const status = (code: number, name: string, message: string) => refusal(code, { code: name, message });

const html = (title: string): Content => ({
  type: 'text/html; charset=utf-8',
  text: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${internals}</p></body></html>`,
});
const gzip = { 'content-encoding': 'gzip' };
const notGzip: Content = { type: 'application/json', text: '\x1f\x08 this is not gzip' };
/** What hangs up afterwards says so: another call's request could be on the connection already, and be lost with no fault of its own. */
const hangsUp = 'connection: close\r\n';
const jsonType = `content-type: application/json\r\n${hangsUp}`;
const goodHead = `HTTP/1.1 200 OK\r\n${jsonType}content-length: {length}\r\n\r\n`;
const chunkedHead = `HTTP/1.1 200 OK\r\n${jsonType}transfer-encoding: chunked\r\n\r\n`;
const badHead = `HTTP/1.1 503 Service Unavailable\r\n${jsonType}content-length: 4000\r\n\r\n`;
const unreadHead = `HTTP/1.1 400 Bad Request\r\n${jsonType}content-length: 4000\r\n\r\n`;
const internalStart = `{"error":{"code":"InternalError","message":"${internals}`;
const badStart = `{"error":{"code":"ServiceUnavailable","message":"${internals}`;
const earlyHints = 'HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n';

const hang = wire('', 'hang');
const appService = (code: number, message: string) =>
  answer(code, {
    type: 'application/json',
    text: JSON.stringify({ statusCode: code, message: `${message} ${internals}` }),
  });

const badGraphAnswers: readonly Fault[] = [
  graph('none', 'One normal answer: a place in the queue.', { do: 'twist', twist: {} }),
  graph('F01', '429 with Retry-After: 2.', throttle(2)),
  graph('F01-gzip', '429 with Retry-After: 2 and a body that cannot be decoded.', {
    do: 'answer',
    status: 429,
    content: notGzip,
    headers: gzip,
    retryAfter: 2,
  }),
  graph('F02-future', '429 with Retry-After as a date two seconds ahead.', throttle({ inSeconds: 2 })),
  graph('F02-past', '429 with Retry-After as a date a minute ago.', throttle({ inSeconds: -60 })),
  graph('F02-far', '429 with Retry-After as a date ten years ahead.', throttle({ inSeconds: 315_360_000 })),
  graph('F02-rfc850', '429 with the same date as RFC 850 wrote it.', throttle({ inSeconds: 2, form: 'RFC 850' })),
  graph('F02-asctime', '429 with the same date as C writes it.', throttle({ inSeconds: 2, form: 'asctime' })),
  graph('F03', '429 without Retry-After.', throttle()),
  graph(
    'F03-nested',
    '429 whose wait (2 s) stands only inside the nested message.',
    refusal(429, { ...throttled, nested: 'once', retryAfter: 2 }),
  ),
  graph(
    'F03-nested-twice',
    '429 whose wait ("2") stands only inside the twice nested message.',
    refusal(429, { ...throttled, nested: 'twice', retryAfter: '2' }),
  ),
  graph('F04-abc', '429 with Retry-After: abc 5.', throttle('abc 5')),
  graph('F04-negative', '429 with Retry-After: -1.', throttle('-1')),
  graph('F04-exponent', '429 with Retry-After: 1e3.', throttle('1e3')),
  graph('F04-hex', '429 with Retry-After: 0x10.', throttle('0x10')),
  graph('F04-25-days', '429 with Retry-After of 25 days, more than a timer can hold.', throttle('2160000')),
  graph('F04b-list', '429 with Retry-After: 1, 2.', throttle('1, 2')),
  graph(
    'F04b-lines',
    '429 with two lines of Retry-After: 2 and 1.',
    wire(
      `HTTP/1.1 429 Too Many Requests\r\nretry-after: 2\r\nretry-after: 1\r\n${hangsUp}content-length: 0\r\n\r\n`,
      'fin',
    ),
  ),
  graph('F04b-decimal', '429 with Retry-After: 1.128.', throttle('1.128')),
  graph('F05', '429 with Retry-After: 3600.', throttle(3600)),
  graph('F06', '503 without Retry-After.', refusal(503, { ...unavailable, nested: 'once' })),
  graph('F06-wait', '503 with Retry-After: 2.', refusal(503, unavailable, 2)),
  graph('F07-502', '502.', status(502, 'BadGateway', 'Bad gateway')),
  graph('F07-504', '504.', status(504, 'GatewayTimeout', 'The gateway timed out')),
  graph('F07-408', '408.', status(408, 'RequestTimeout', 'The request timed out')),
  graph(
    'F08-500',
    '500.',
    refusal(500, { code: 'InternalServerError', message: 'An error has occurred', nested: 'once' }),
  ),
  graph('F08-internal', '400 with code InternalError.', status(400, 'InternalError', 'An internal error has occurred')),
  graph('F08-unknown', '400 with code UnknownError.', status(400, 'UnknownError', 'An unknown error has occurred')),
  graph('F08-case', '400 with code internalError.', status(400, 'internalError', 'An internal error has occurred')),
  graph(
    'F08-nested',
    '400 whose code InternalServerError stands only inside the nested message.',
    refusal(400, {
      code: 'BadRequest',
      message: 'An error has occurred',
      nested: 'once',
      innerCode: 'InternalServerError',
    }),
  ),
  graph(
    'F08-nested-twice',
    '400 whose code UnknownError stands only inside the twice nested message.',
    refusal(400, { code: 'BadRequest', message: 'An error has occurred', nested: 'twice', innerCode: 'UnknownError' }),
  ),
  graph('F08-empty', '400 without a body.', answer(400, 'nothing')),
  graph('F08-html', '400 with an HTML page.', answer(400, html('Bad request'))),
  graph('F08-reset', '400 whose body is reset midway.', wire(`${unreadHead}${internalStart}`, 'reset')),
  graph('F08-fin', '400 whose body ends before its Content-Length.', wire(`${unreadHead}${internalStart}`, 'fin')),
  graph('F08-hang', '400 whose body never ends.', wire(`${unreadHead}${internalStart}`, 'hang')),
  graph(
    'F08-large',
    '400 whose body is a megabyte.',
    status(400, 'InternalError', 'An internal error has occurred '.padEnd(1_048_576, 'x')),
  ),
  graph('F08-bytes', '400 whose body is not UTF-8.', {
    ...wire(`HTTP/1.1 400 Bad Request\r\n${jsonType}\r\n{"error":{"code":"InternalError","message":"\xe4"}}`, 'fin'),
    latin1: true,
  }),
  graph('F08-gzip', '400 whose body cannot be decoded.', answer(400, notGzip, gzip)),
  graph(
    'F09',
    '401; arm F32 first, and the identity has another token.',
    status(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired'),
  ),
  graph(
    'F10',
    '401; the identity has no other token.',
    status(401, 'InvalidAuthenticationToken', 'Access token validation failure'),
  ),
  graph(
    'F11-role',
    '403: the role is missing.',
    refusal(403, {
      code: 'Forbidden',
      message:
        'Application is not authorized to perform this operation. Application must have one of the following scopes: DeviceManagementConfiguration.ReadWrite.All',
      nested: 'once',
    }),
  ),
  graph(
    'F11-licence',
    '403: the licence is missing.',
    refusal(403, { code: 'Forbidden', message: 'The tenant is not licensed for this feature', nested: 'once' }),
  ),
  graph('F12', '404.', refusal(404, { code: 'ResourceNotFound', message: 'Resource not found', nested: 'once' })),
  graph('F13-409', '409.', status(409, 'Conflict', 'The object was changed meanwhile')),
  graph('F13-412', '412.', status(412, 'PreconditionFailed', 'A precondition failed')),
  graph('F13-423', '423.', status(423, 'Locked', 'The object is locked')),
  graph(
    'F14',
    '400: Intune documents the PATCH and never built it.',
    status(
      400,
      'No method match route template',
      'No OData route exists that match template ~/singleton/navigation/key with http verb PATCH',
    ),
  ),
  graph(
    'F14-message',
    '400 that says so only in its message.',
    status(400, 'BadRequest', 'No method match route template'),
  ),
  graph(
    'F14-nested',
    '400 that says so only inside the twice nested message.',
    refusal(400, { code: 'BadRequest', message: 'No method match route template', nested: 'twice' }),
  ),
  graph('F14-405', '405.', status(405, 'MethodNotAllowed', 'The method is not allowed')),
  graph('F14-501', '501.', status(501, 'NotImplemented', 'Not implemented')),
  graph(
    'F15-400',
    '400 on data that should be good.',
    refusal(400, { code: 'BadRequest', message: 'Value is not valid for the property', nested: 'once' }),
  ),
  graph(
    'F15-422',
    '422 on data that should be good.',
    status(422, 'UnprocessableEntity', 'Value is not valid for the property'),
  ),
  graph(
    'F16',
    '200, and nothing is changed: answer and object show the old values (with applied: only the answer does).',
    { do: 'twist', twist: { stores: 'nothing' } },
  ),
  graph('F16-partly', '200, and only the first half of the properties is changed (none of one).', {
    do: 'twist',
    twist: { stores: 'half' },
  }),
  graph('F16-rounded', '200, and scores are kept with ten significant digits.', {
    do: 'twist',
    twist: { stores: 'rounded' },
  }),
  graph('F16-single', '200, and scores are kept in single precision.', {
    do: 'twist',
    twist: { stores: 'single precision' },
  }),
  graph('F16-count', '200, and whole numbers are kept one less than they were sent.', {
    do: 'twist',
    twist: { stores: 'off by one' },
  }),
  graph('F16b-200', '200 with the old values; stored at once, and shown after 0.7 seconds (delayMs).', {
    do: 'twist',
    twist: { stores: 'unseen', showsAfterMs: 700 },
  }),
  graph('F16b-204', '204; stored at once, and shown after 0.7 seconds (delayMs).', {
    do: 'twist',
    twist: { status: 204, showsAfterMs: 700 },
  }),
  graph('F16b-200-late', '200 with the old values; stored at once, and shown after 40 seconds (delayMs).', {
    do: 'twist',
    twist: { stores: 'unseen', showsAfterMs: 40_000 },
  }),
  graph('F16b-204-late', '204; stored at once, and shown after 40 seconds (delayMs).', {
    do: 'twist',
    twist: { status: 204, showsAfterMs: 40_000 },
  }),
  graph('F17-204', '204.', answer(204, 'nothing'), stored),
  ...[201, 202, 207].map((code) =>
    graph(`F17-${code}`, `${code} with the object.`, { do: 'twist', twist: { status: code } }),
  ),
  graph('F17-other-id', '200 with an object that has another id.', { do: 'twist', twist: { shape: 'other id' } }),
  graph('F17-case', '200 with the id in upper case: not a fault, but to be understood.', {
    do: 'twist',
    twist: { shape: 'upper case id' },
  }),
  graph('F17-gzip', '200 whose gzip is corrupt.', answer(200, notGzip, gzip), stored),
  graph('F17-empty', '200 without a body.', answer(200, 'nothing'), stored),
  graph('F17-html', '200 with an HTML page.', answer(200, html('Sign in')), stored),
  graph(
    'F17-malformed',
    '200 whose body is not JSON.',
    answer(200, { type: 'application/json', text: `{"id": ${internals}` }),
    stored,
  ),
  graph('F17-null', '200 whose body is null.', answer(200, { type: 'application/json', text: 'null' }), stored),
  graph('F17-truncated', '200 whose body ends before its Content-Length.', wire(`${goodHead}{half}`, 'fin'), stored),
  graph(
    'F17-truncated-close',
    '200 whose body has no length and ends half-way.',
    wire(`HTTP/1.1 200 OK\r\n${jsonType}\r\n{half}`, 'fin'),
    stored,
  ),
  graph('F17-huge', '200 whose object carries a megabyte of padding.', { do: 'twist', twist: { shape: 'padded' } }),
  graph(
    'F17-wrapped',
    '200 with the object inside "value", as the reference page of GET shows it: not a fault, but to be understood.',
    { do: 'twist', twist: { shape: 'wrapped' } },
  ),
  graph('F18-same', '307 to the same address.', redirect(307, 'itself')),
  graph('F18-302', '302 to the same address.', redirect(302, 'itself')),
  graph('F18-other', '307 to another server, which records what reaches it.', redirect(307, 'elsewhere')),
  graph('F18-303', '303 to another server.', redirect(303, 'elsewhere')),
  graph('F19-406', '406.', status(406, 'NotAcceptable', 'Not acceptable')),
  graph('F19-413', '413.', status(413, 'RequestEntityTooLarge', 'Too large')),
  graph('F19-414', '414.', status(414, 'UriTooLong', 'URI too long')),
  graph('F19-415', '415.', status(415, 'UnsupportedMediaType', 'Unsupported media type')),
  graph('F19-418', '418.', status(418, 'Teapot', 'Short and stout')),
  graph('F19-999', '999.', status(999, 'Unknown', 'Unknown')),
  graph(
    'F19-1xx',
    '2000 times 103, then the good answer.',
    { ...wire(`${goodHead}{body}`, 'fin'), flood: { text: earlyHints, times: 2000 } },
    stored,
  ),
  graph('F19-1xx-endless', '103 without end.', { ...wire('', 'hang'), flood: { text: earlyHints, times: Infinity } }),
  graph(
    'F19-101',
    '101 that nobody asked for, then nothing.',
    wire('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: none\r\n\r\n', 'hang'),
  ),
  graph('F19-099', 'Status 099 with the good body.', wire(`${goodHead.replace('200 OK', '099 Odd')}{body}`, 'fin')),
  graph('F20-html', '500 with an HTML page.', answer(500, html('Our services are not available right now'))),
  graph('F20-html-503', '503 with an HTML page.', answer(503, html('Service unavailable'))),
  graph(
    'F20-once',
    '400 with JSON in the message.',
    refusal(400, { code: 'BadRequest', message: 'The value is wrong', nested: 'once' }),
  ),
  graph(
    'F20-twice',
    '403 with JSON in the message, twice.',
    refusal(403, { code: 'Forbidden', message: 'Not allowed', nested: 'twice' }),
  ),
];

const badTransport: readonly Fault[] = [
  graph(
    'F21',
    'Connections to Graph are refused, and reset when they exist, until disarmed. For the whole emulator.',
    { do: 'refuse', listener: 'graph' },
    { method: 'any' },
  ),
  graph('F21-dns', 'The name cannot be resolved: give the app a host below .invalid (RFC 6761).', { do: 'note' }),
  graph('F22', 'TLS fails: give the app the address of Graph with https instead of http.', { do: 'note' }),
  graph('F23-reset', 'Reset before the header of an answer.', wire('', 'reset')),
  graph('F23-fin', 'End of the connection before the header of an answer.', wire('', 'fin')),
  graph('F23-stale', 'The connection ends just when the request arrives, as idle ones do; its body is not read.', {
    do: 'cut',
  }),
  graph('F24-ok', 'Reset in the middle of the body of a 200.', wire(`${goodHead}{half}`, 'reset'), stored),
  graph('F24-error', 'Reset in the middle of the body of a 503.', wire(`${badHead}${badStart}`, 'reset')),
  graph('F25', 'No answer, ever.', hang),
  graph(
    'F25-late',
    'The good answer after five seconds (delayMs); a write counts only if the caller is still there (with applied: in any case).',
    { do: 'twist', twist: {}, waitMs: 5000 },
  ),
  graph(
    'F26',
    '200 whose body comes one byte a second (delayMs).',
    { ...wire(`${goodHead}{body}`, 'fin'), dripMs: 1000 },
    stored,
  ),
  graph('F26-error', '503 whose body comes one byte a second (delayMs).', {
    ...wire(`${badHead}${badStart.padEnd(4000)}`, 'fin'),
    dripMs: 1000,
  }),
  graph('F27', '200 whose body never ends, as fast as it is read.', wire(chunkedHead, 'endless chunks'), stored),
  graph(
    'F27-error',
    '503 whose body never ends.',
    wire(chunkedHead.replace('200 OK', '503 Service Unavailable'), 'endless chunks'),
  ),
  graph('F28-garbage', 'Something that is not HTTP.', wire('SSH-2.0-OpenSSH_9.6\r\n', 'fin')),
  graph(
    'F28-chunk',
    '200 with a chunk whose size is no number.',
    wire(`${chunkedHead}zz\r\n{body}\r\n0\r\n\r\n`, 'fin'),
  ),
  graph(
    'F28-both',
    '200 with both Content-Length and Transfer-Encoding.',
    wire(`${chunkedHead.replace('\r\n\r\n', '\r\ncontent-length: {length}\r\n\r\n')}0\r\n\r\n`, 'fin'),
  ),
  graph(
    'F28-header',
    '200 with a header of 20 KB.',
    wire(`${goodHead.replace('\r\n\r\n', `\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`)}{body}`, 'fin'),
  ),
];

/** Values that are not of their property's type, as JSON texts. OData writes doubles that are no numbers as the first three. */
const oddValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nan: { windowsScore: '"NaN"' },
  inf: { windowsScore: '"INF"', cloudIdentityScore: '"-INF"' },
  fraction: { modelDeviceCount: '1.5' },
  'beyond-int32': { modelDeviceCount: '2147483648' },
  'beyond-double': { windowsScore: '1e400' },
  'number-for-text': { model: '5', healthStatus: '3' },
  object: { model: '{"name":"Latitude"}', windowsScore: '{}', healthStatus: '[]' },
  null: { windowsScore: 'null', healthStatus: 'null' },
  nested: {
    model: `${'['.repeat(6000)}${']'.repeat(6000)}`,
    modelDeviceCount: `${'['.repeat(6000)}${']'.repeat(6000)}`,
  },
};
const badValues: readonly Fault[] = Object.entries(oddValues).map(([name, values]) =>
  graph(
    `F29-${name}`,
    `A good answer in which ${Object.keys(values).join(' and ')} ${Object.keys(values).length > 1 ? 'are' : 'is'} not of the property’s type.`,
    { do: 'twist', twist: { values } },
    { method: 'GET' },
  ),
);

/** What only a list meets. */
const badPages: readonly Fault[] = (
  [
    ['itself', 'A page that leads to itself.'],
    ['circle', 'Two pages that lead to each other.'],
    ['endless', 'Empty pages, each with a link to another one.'],
    ['null', 'A page whose link is null: the last one.'],
    ['other case', 'A link whose path is in capitals.'],
    ['no mark', 'A link without $skiptoken and $skip.'],
    ['more options', 'A link with more options than the one that says where the page begins.'],
    ['another path', 'A link to another collection.'],
    ['another host', 'A link to another host.'],
    ['no address', 'A link that is no address.'],
  ] as const
).map(([pages, description]) =>
  graph(`F29b-${pages.replaceAll(' ', '-')}`, description, { do: 'twist', twist: { pages } }, { method: 'GET' }),
);

const badIdentity: readonly Fault[] = [
  elsewhere('identity', 'F30-500', '500.', appService(500, 'Internal server error')),
  elsewhere('identity', 'F30-503', '503.', appService(503, 'Service unavailable')),
  elsewhere('identity', 'F30-html', '200 with an HTML page.', answer(200, html('Please wait'))),
  elsewhere('identity', 'F30-no-expiry', 'A token without expires_on.', {
    do: 'twist',
    twist: { lacks: 'expires_on' },
  }),
  elsewhere('identity', 'F30-empty', 'An empty token.', { do: 'twist', twist: { lacks: 'access_token' } }),
  elsewhere('identity', 'F30-refused', 'Connections to the identity endpoint are refused until disarmed.', {
    do: 'refuse',
    listener: 'identity',
  }),
  elsewhere('identity', 'F10-same', 'The token that was given last, as the platform keeps one for up to a day.', {
    do: 'twist',
    twist: { token: 'the same' },
  }),
  elsewhere('identity', 'F31', 'No answer, ever.', hang),
  elsewhere('identity', 'F32', 'A token with two minutes to live (lifetimeSeconds).', {
    do: 'twist',
    twist: { lifetimeSeconds: 120 },
  }),
  elsewhere(
    'identity',
    'F33',
    '400: the identity is not assigned to the app.',
    appService(
      400,
      'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    ),
  ),
];

const issuerActs: Readonly<Record<string, readonly [description: string, act: Act]>> = {
  down: ['500.', answer(500, html('Internal server error'))],
  slow: ['No answer, ever.', hang],
  html: ['200 with an HTML page.', answer(200, html('Sign in'))],
  empty: ['200 with an empty object.', answer(200, { type: 'application/json', text: '{}' })],
  redirect: ['302 to another server.', redirect(302, 'elsewhere')],
  reset: ['Reset instead of an answer.', wire('', 'reset')],
};
const badIssuer: readonly Fault[] = (['keys', 'metadata'] as const).flatMap((place) =>
  Object.entries(issuerActs).map(([name, [description, act]]) =>
    elsewhere(place, `${place}-${name}`, description, act),
  ),
);

const ingestion = (id: string, description: string, act: Act) => elsewhere('ingestion', id, description, act);
const badIngestion: readonly Fault[] = [
  ingestion('F35-down', 'Connections to ingestion are refused until disarmed. For the whole emulator.', {
    do: 'refuse',
    listener: 'ingestion',
  }),
  ingestion('F35-slow', 'No answer, ever.', hang),
  ingestion('F35-429', '429 with Retry-After: 2.', { do: 'answer', status: 429, content: 'nothing', retryAfter: 2 }),
  ingestion('F35-500', '500.', answer(500, html('Internal server error'))),
  ingestion('F35-redirect', '307 to another server.', redirect(307, 'elsewhere')),
  ingestion('F35-partial', '206: every second envelope is refused.', { do: 'twist', twist: { accepts: 'half' } }),
  ingestion('F35-dns', 'The name cannot be resolved: give the app an ingestion endpoint below .invalid (RFC 6761).', {
    do: 'note',
  }),
];

const emptyObject: Content = { type: 'application/json', text: '{}' };
const envelope = (id: string, description: string, act: Act, more: More = {}) =>
  graph(`F76-envelope-${id}`, `The whole batch: ${description}`, act, { method: 'POST', ...more });

/** What only reads of the collection and batches meet. */
const others: readonly Fault[] = [
  graph('F76-missing', 'The item is missing in the answer of its batch.', { do: 'leave out' }),
  envelope('429', '429 with Retry-After: 2.', throttle(2)),
  envelope('429-none', '429 without Retry-After.', throttle()),
  envelope('400', '400.', status(400, 'BadRequest', 'Invalid batch payload format')),
  envelope('401', '401.', status(401, 'InvalidAuthenticationToken', 'Access token validation failure')),
  envelope(
    '500',
    '500, after the items were done.',
    status(500, 'InternalServerError', 'An error has occurred'),
    stored,
  ),
  envelope('503', '503 with Retry-After: 2.', refusal(503, unavailable, 2)),
  envelope('504', '504, after the items were done.', status(504, 'GatewayTimeout', 'The gateway timed out'), stored),
  envelope('html', '200 with an HTML page, after the items were done.', answer(200, html('Sign in')), stored),
  envelope('empty', '200 with an empty object, after the items were done.', answer(200, emptyObject), stored),
  envelope(
    'cut',
    'Reset in the middle of the body, after the items were done.',
    wire(`${goodHead}{half}`, 'reset'),
    stored,
  ),
  envelope('lost', 'Reset instead of an answer, after the items were done.', wire('', 'reset'), stored),
  envelope('never', 'Reset instead of an answer, and nothing was done.', wire('', 'reset')),
  envelope('hang', 'No answer, ever, after the items were done.', hang, stored),
];

/** Every fault of Graph, the identity endpoint, the issuer and ingestion that the emulator can play, by id. */
export const faults: ReadonlyMap<string, Fault> = new Map(
  [
    ...badGraphAnswers,
    ...badTransport,
    ...badValues,
    ...badPages,
    ...badIdentity,
    ...badIssuer,
    ...badIngestion,
    ...others,
  ].map((fault) => [fault.id, fault]),
);
