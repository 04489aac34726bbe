import type { Sent } from '../support/host-fixture/process.js';

/** The model that the rows are about. */
export const modelId = '7ec79407-9407-7ec7-0794-c77e0794c77e';

/** A hostile or broken request, and what its caller gets. */
export interface RequestRow {
  /** Id in the list of faults, with a word of its own where a fault has several. */
  readonly id: string;
  /** PATCH unless it says otherwise. */
  readonly method?: string;
  /** The model's own unless it says otherwise. */
  readonly path?: string;
  /** JSON unless it says otherwise. */
  readonly headers?: NonNullable<Sent['headers']>;
  readonly body?: string | Buffer;
  readonly chunks?: readonly string[];
  /** Lines after `host` and the body as they go out, for what no client would send. */
  readonly raw?: { readonly head: readonly string[]; readonly body: string };
  readonly expect: Refused | Accepted;
}

export interface Refused {
  readonly status: number;
  readonly code: string;
  /** Of the first mistake. */
  readonly pointer?: string;
  /** A method that `Allow` names. */
  readonly allow?: string;
  /** Part of the text that a person reads. */
  readonly message?: string;
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The request id is a new one, and this is nowhere in the answer. */
  readonly replaced?: string;
}

export interface Accepted {
  /** What reached Graph beside `@odata.type`. */
  readonly graph: Readonly<Record<string, unknown>>;
  readonly replaced?: string;
}

const item = `/api/v1/model-performance/${modelId}`;
const json = { 'content-type': 'application/json' };
const good = '{"windowsScore":1.5}';
const applied: Accepted = { graph: { windowsScore: 1.5 } };
const tooLarge: Refused = { status: 413, code: 'body-too-large' };
const types = 'application/json, application/merge-patch+json';
const wrongType: Refused = { status: 415, code: 'unsupported-media-type', headers: { 'accept-patch': types } };
const nullRefused: Refused = { status: 400, code: 'null-not-confirmed', message: '?null=clear' };
const noJson: Refused = { status: 400, code: 'invalid-json' };
const invalid = (pointer: string): Refused => ({ status: 400, code: 'invalid-body', pointer });
const twice = (pointer: string): Refused => ({ status: 400, code: 'duplicate-key', pointer });
const filled = (bytes: number) => `{"model":"${'x'.repeat(bytes - 12)}"}`;
const cut = (body: string) => body.match(/.{1,40000}/gs) ?? [];

/** One row for each body of a kind, numbered from 1. */
const bodies = (id: string, expect: RequestRow['expect'], ...list: readonly (string | Buffer)[]): RequestRow[] =>
  list.map((body, index) => ({ id: list.length === 1 ? id : `${id}-${index + 1}`, body, expect }));

const inModel = (id: string, segment: string, expect: RequestRow['expect']): RequestRow => ({
  id,
  path: `/api/v1/model-performance/${segment}`,
  body: good,
  expect,
});
const badId: Refused = { status: 400, code: 'invalid-id' };
const nowhere: Refused = { status: 404, code: 'unknown-path' };
const collection: Refused = { status: 405, code: 'method-not-allowed', allow: 'GET' };

/** Part E of the list of faults: nothing reaches Graph, unless the row says what does. */
export const requestRows: readonly RequestRow[] = [
  ...[64 * 1024 + 1, 1024 * 1024, 12 * 1024 * 1024].flatMap((bytes): RequestRow[] => [
    { id: `F40-declared-${bytes}`, body: filled(bytes), expect: tooLarge },
    { id: `F40-chunked-${bytes}`, chunks: cut(filled(bytes)), expect: tooLarge },
  ]),
  { id: 'F40-within', body: `${good}${' '.repeat(64 * 1024 - good.length)}`, expect: applied },
  { id: 'F40-before-its-content', body: '['.repeat(70_000), expect: tooLarge },

  { id: 'F41-missing', headers: {}, body: good, expect: wrongType },
  { id: 'F41-wrong', headers: { 'content-type': 'text/plain' }, body: good, expect: wrongType },
  {
    id: 'F41-doubled',
    headers: { 'content-type': [json['content-type'], json['content-type']] },
    body: good,
    expect: wrongType,
  },
  { id: 'F41-utf-16', headers: { 'content-type': 'application/json; charset=utf-16' }, body: good, expect: wrongType },
  { id: 'F41-gzip', headers: { ...json, 'content-encoding': 'gzip' }, body: good, expect: wrongType },
  { id: 'F41-before-its-length', headers: { 'content-type': 'text/plain' }, body: filled(70_000), expect: wrongType },
  ...[
    ['charset', 'application/json;charset=utf-16', 'The charset is not UTF-8.'],
    ['numbers', 'application/json;IEEE754Compatible=true', 'IEEE754Compatible'],
    ['type', 'application/xml', 'The Content-Type is another one'],
  ].map(([part, type = '', message = '']): RequestRow => ({
    id: `F41-says-${part}`,
    headers: { 'content-type': type },
    body: good,
    expect: { ...wrongType, message },
  })),
  {
    id: 'F41-preview',
    method: 'POST',
    path: `${item}/preview`,
    headers: { 'content-type': 'text/plain' },
    body: good,
    expect: { status: 415, code: 'unsupported-media-type', headers: { 'accept-post': types } },
  },
  ...[
    'application/json;odata.metadata=minimal',
    'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    'application/json;charset=utf8',
    'application/json;charset=US-ASCII',
  ].map((type, index): RequestRow => ({
    id: `F41-parameters-${index + 1}`,
    headers: { 'content-type': type },
    body: good,
    expect: applied,
  })),
  { id: 'F41-merge-patch', headers: { 'content-type': 'application/merge-patch+json' }, body: good, expect: applied },
  { id: 'F41-utf-8', headers: { 'content-type': 'Application/JSON;charset="UTF-8";' }, body: good, expect: applied },

  ...bodies('F42-empty', noJson, ''),
  {
    id: 'F42-no-body',
    raw: { head: ['content-type: application/json', 'content-length: 0'], body: '' },
    expect: noJson,
  },
  ...bodies('F42-no-object', invalid(''), 'null', '[]', '5', '"text"', 'true', `[${good}]`),
  ...bodies('F42-no-change', invalid(''), '{}', `{"id":"${modelId}"}`),

  ...bodies(
    'F43-utf-8',
    noJson,
    Buffer.from('{"model":"\xe9"}', 'latin1'),
    Buffer.from('{"model":"\xc0\xaf"}', 'latin1'),
  ),
  ...bodies('F43-utf-16', noJson, Buffer.from(`\ufeff${good}`, 'utf16le'), Buffer.from(good, 'utf16le')),
  ...bodies('F43-mark', { ...noJson, message: 'The body begins with a byte order mark.' }, `\ufeff${good}`),
  ...bodies('F43-nul', noJson, '{"model":"\u0000"}', `${good}\u0000`),
  ...bodies(
    'F43-control',
    invalid('/model'),
    '{"model":"\\u0000"}',
    '{"model":"a\\tb"}',
    '{"model":"a\\nb"}',
    '{"model":"\u007f"}',
    '{"model":"\u0085"}',
  ),
  ...bodies(
    'F43-surrogate',
    invalid('/manufacturer'),
    '{"manufacturer":"\\ud800"}',
    '{"manufacturer":"\\ude00\\ud83d"}',
  ),
  { id: 'F43-pair', body: '{"model":"\\ud83d\\ude00 é"}', expect: { graph: { model: '😀 é' } } },

  ...bodies('F44-after', noJson, `${good} x`, `${good}${good}`, `${good},`),
  ...bodies('F44-comment', noJson, `${good} // why`, '{/* why */"windowsScore":1}'),
  ...bodies('F44-quotes', noJson, "{'windowsScore':1}", '{windowsScore:1}'),
  ...bodies(
    'F44-number',
    noJson,
    '{"windowsScore":NaN}',
    '{"windowsScore":Infinity}',
    '{"windowsScore":+1}',
    '{"windowsScore":01}',
  ),
  ...bodies('F44-more-than-a-double', invalid('/windowsScore'), '{"windowsScore":1e400}', '{"windowsScore":-1e400}'),

  ...bodies(
    'F45-depth',
    invalid(''),
    `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    '['.repeat(30_000),
    '{"a":'.repeat(13_000),
  ),
  ...bodies(
    'F45-keys',
    invalid('/0'),
    `{${Array.from({ length: 8000 }, (_, n) => `"${n.toString(36).toUpperCase()}":0`).join()}}`,
  ),

  ...bodies(
    'F46',
    twice('/windowsScore'),
    '{"windowsScore":1,"windowsScore":1}',
    '{"windowsScore":1,"windows\\u0053core":2}',
  ),
  ...bodies('F46-deep', twice('/a/1/b'), '{"a":[0,{"b":1,"\\u0062":1}]}'),

  ...bodies('F47', invalid('/__proto__'), '{"__proto__":{"windowsScore":1}}', '{"windowsScore":1,"\\u005f_proto__":1}'),
  ...bodies('F47-deep', invalid('/a/0/constructor'), '{"a":[{"constructor":{"prototype":{}}}]}'),
  ...bodies('F47-prototype', invalid('/prototype'), '{"prototype":1,"windowsScore":1}'),

  ...bodies('F48-unknown', invalid('/nobody'), '{"nobody":1}', '{"windowsScore":1,"nobody":null}'),
  ...bodies('F48-id', invalid('/id'), '{"id":"other","windowsScore":1}', '{"id":null,"windowsScore":1}'),
  ...bodies('F48-type', invalid('/@odata.type'), '{"@odata.type":"#microsoft.graph.user","windowsScore":1}'),

  ...bodies(
    'F48-control-information',
    { graph: { healthStatus: 'meetingGoals' } },
    JSON.stringify({
      '@odata.context': 'https://graph.microsoft.com/beta/$metadata#x/$entity',
      '@odata.type': 'microsoft.graph.userExperienceAnalyticsWorkFromAnywhereModelPerformance',
      '@odata.id': 'x',
      '@odata.etag': 'W/"1"',
      '@microsoft.graph.tips': 'Use $select.',
      id: modelId.toUpperCase(),
      'healthStatus@odata.type': '#microsoft.graph.userExperienceAnalyticsHealthState',
      healthStatus: 'meetingGoals',
    }),
  ),
  ...bodies('F48-binding', invalid('/model@odata.bind'), '{"model@odata.bind":"x","windowsScore":1}'),

  ...bodies(
    'F49b-unconfirmed',
    { ...nullRefused, pointer: '/model' },
    '{"model":null}',
    '{"model":null,"manufacturer":null,"windowsScore":1}',
  ),
  ...bodies(
    'F49b-and-more',
    { status: 400, code: 'invalid-body' },
    '{"model":null,"windowsScore":null}',
    '{"model":null,"nobody":1}',
  ),
  {
    id: 'F49b-preview',
    method: 'POST',
    path: `${item}/preview`,
    body: '{"manufacturer":null}',
    expect: { ...nullRefused, pointer: '/manufacturer' },
  },
  {
    id: 'F49b-confirmed',
    path: `${item}?null=clear`,
    body: '{"model":null,"windowsScore":1.5}',
    expect: { graph: { model: null, windowsScore: 1.5 } },
  },
  {
    id: 'F49b-merge-patch',
    headers: { 'content-type': 'application/merge-patch+json;charset=utf-8' },
    body: '{"model":null}',
    expect: { graph: { model: null } },
  },
  {
    id: 'F49b-not-nullable',
    path: `${item}?null=clear`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: '{"windowsScore":null}',
    expect: invalid('/windowsScore'),
  },
  ...['?null=', '?null=keep', '?null=clear&null=clear', '?null=Clear'].map((query, index): RequestRow => ({
    id: `F49b-query-${index + 1}`,
    path: `${item}${query}`,
    body: '{"model":null}',
    expect: { status: 400, code: 'invalid-query', pointer: '/null' },
  })),

  ...['2147483648', '-2147483649', '1.5', '"5"', 'true', 'null', '[5]', '1e300'].map((value, index): RequestRow => ({
    id: `F49-refused-${index + 1}`,
    body: `{"modelDeviceCount":${value}}`,
    expect: invalid('/modelDeviceCount'),
  })),
  ...Object.entries({ '-0': 0, '1.0': 1, '1e2': 100, '2147483647': 2_147_483_647, '-2147483648': -2_147_483_648 }).map(
    ([value, modelDeviceCount]): RequestRow => ({
      id: `F49-accepted-${value}`,
      body: `{"modelDeviceCount":${value}}`,
      expect: { graph: { modelDeviceCount } },
    }),
  ),

  ...[
    'a%2Fb',
    'a%5Cb',
    'a\\b',
    'a%0D%0AX-Injected:%201',
    'a%0Ab',
    '%20',
    'x'.repeat(7000),
    '$batch',
    'a;x',
    'a%3Fx',
    'a%23x',
    '...',
    '%252e%252e',
  ].map((segment, index) => inModel(`F50-invalid-${index + 1}`, segment, badId)),
  ...['..', '%2e%2e', 'a/b', '../users/a', 'a//b'].map((segment, index) =>
    inModel(`F50-elsewhere-${index + 1}`, segment, nowhere),
  ),
  ...['', '.', '%2E', 'a/..'].map((segment, index) => inModel(`F50-collection-${index + 1}`, segment, collection)),
  inModel('F50-query', `${modelId}?id=other&ID=other`, applied),

  ...['has space', 'semi;colon', '../../etc', 'a'.repeat(65), '<script>', '"quoted"', 'tab\there'].map(
    (id, index): RequestRow => ({
      id: `F51-request-id-${index + 1}`,
      headers: { ...json, 'x-request-id': id },
      body: '{',
      expect: { ...noJson, replaced: id },
    }),
  ),
  {
    id: 'F51-request-id-doubled',
    headers: { ...json, 'x-request-id': ['one-id', 'two-id'] },
    body: '{',
    expect: { ...noJson, replaced: 'one-id' },
  },
  {
    id: 'F51-request-id-success',
    headers: { ...json, 'x-request-id': 'a b' },
    body: good,
    expect: { ...applied, replaced: 'a b' },
  },
  ...[
    'nonsense',
    '00-0-0-00',
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    'x'.repeat(4000),
  ].map((traceparent, index): RequestRow => ({
    id: `F51-traceparent-${index + 1}`,
    headers: { ...json, traceparent, tracestate: '=,=;=' },
    body: good,
    expect: applied,
  })),

  ...['POST', 'PUT', 'DELETE', 'OPTIONS'].map((method): RequestRow => ({
    id: `F52-${method}`,
    method,
    expect: { status: 405, code: 'method-not-allowed', allow: 'PATCH' },
  })),
  {
    id: 'F52-preview',
    path: `${item}/preview`,
    body: good,
    expect: { status: 405, code: 'method-not-allowed', allow: 'POST' },
  },
  {
    id: 'F52-override',
    method: 'POST',
    headers: { ...json, 'x-http-method-override': 'PATCH', 'x-http-method': 'PATCH', 'x-method-override': 'PATCH' },
    body: good,
    expect: { status: 405, code: 'method-not-allowed', allow: 'PATCH' },
  },
  {
    id: 'F52-override-away',
    headers: { ...json, 'x-http-method-override': 'DELETE' },
    body: good,
    expect: applied,
  },
  {
    id: 'F52-method-before-id',
    method: 'POST',
    path: '/api/v1/model-performance/$batch',
    expect: { status: 405, code: 'method-not-allowed', allow: 'PATCH' },
  },
  ...['/api/v1/nobody', '/api/v1/', '/api/v1/model-performances/a', `${item}/nobody`, `${item}/preview/more`].map(
    (path, index): RequestRow => ({ id: `F52-path-${index + 1}`, path, body: good, expect: nowhere }),
  ),

  { id: 'F54', chunks: [good], expect: applied },
  { id: 'F54-one-by-one', chunks: good.split(''), expect: applied },
  {
    id: 'F54-odd-framing',
    raw: {
      head: ['content-type: application/json', 'transfer-encoding: Chunked', 'trailer: x-later'],
      body: '00A;name="value"\r\n{"windowsS\r\n1\r\nc\r\n9\r\nore":1.5}\r\n000\r\nx-later: 1\r\n\r\n',
    },
    expect: applied,
  },
  {
    id: 'F54-inside-of-a-character',
    raw: {
      head: ['content-type: application/json', 'transfer-encoding: chunked'],
      body: 'b\r\n{"model":"\xc3\r\n3\r\n\xa9"}\r\n0\r\n\r\n',
    },
    expect: { graph: { model: 'é' } },
  },
  {
    id: 'F54-empty',
    raw: { head: ['content-type: application/json', 'transfer-encoding: chunked'], body: '0\r\n\r\n' },
    expect: noJson,
  },

  ...['"etag"', 'W/"etag"', 'etag', '"*"', '*, "etag"', ''].map((condition, index): RequestRow => ({
    id: `F55-${index + 1}`,
    headers: { ...json, 'if-match': condition },
    body: good,
    expect: { status: 400, code: 'precondition-not-supported', message: 'if-match' },
  })),
  ...Object.entries({ 'if-none-match': '*', 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' }).flatMap(
    ([name, value]): RequestRow[] => [
      {
        id: `F55-${name}`,
        headers: { ...json, [name]: value },
        body: good,
        expect: { status: 400, code: 'precondition-not-supported', message: name },
      },
      {
        id: `F55-${name}-preview`,
        method: 'POST',
        path: `${item}/preview`,
        headers: { ...json, [name]: value },
        body: good,
        expect: { status: 400, code: 'precondition-not-supported', message: name },
      },
    ],
  ),
  {
    id: 'F55-get',
    method: 'GET',
    headers: { 'if-match': '"etag"' },
    expect: { status: 400, code: 'precondition-not-supported', message: 'if-match' },
  },
  {
    id: 'F55-without-meaning',
    headers: { ...json, 'if-modified-since': 'Sun, 06 Nov 1994 08:49:37 GMT', 'if-range': '"etag"' },
    body: good,
    expect: applied,
  },
  { id: 'F55-any', headers: { ...json, 'if-match': '*' }, body: good, expect: applied },
];
