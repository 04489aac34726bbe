import { beforeAll, describe, expect, test } from '@jest/globals';
import { strikes } from '../../tools/soak/strikes.js';
import { atMost, leaks, play, scaled, wanted } from '../support/play.js';
import type { Sent } from '../support/host-fixture/process.js';
import { useSystem } from '../support/useSystem.js';
import { until } from '../support/until.js';

// Everything that must not leave, through every path; then all that has left is searched.

const mark = 'Secret-55871';
const path = '/api/v1/model-performance';

const json = { 'content-type': 'application/json' };
const patch = (id: string, body: string | Buffer, headers: NonNullable<Sent['headers']> = json): [string, Sent] => [
  `${path}/${id}`,
  { method: 'PATCH', headers, body },
];

/** Requests that carry the mark wherever a caller can put it. */
const marked = (id: string): Record<string, [path: string, sent: Sent & { withoutToken?: boolean }]> => ({
  'a value that is applied': patch(id, JSON.stringify({ model: mark, manufacturer: `${mark}-maker` })),
  'a value of the wrong type': patch(id, JSON.stringify({ windowsScore: mark, healthStatus: mark, model: [mark] })),
  'a name that nobody knows': patch(id, JSON.stringify({ [mark]: 1, windowsScore: 2 })),
  'a prototype': patch(id, `{"__proto__":{"${mark}":1}}`),
  'a name that stands twice': patch(id, `{"${mark}":1,"${mark}":2}`),
  'text that is no JSON': patch(id, `{"model": ${mark}`),
  'bytes that are no UTF-8': patch(
    id,
    Buffer.concat([Buffer.from(`{"model":"${mark}`), Buffer.from([0xff]), Buffer.from('"}')]),
  ),
  'a body that is too large': patch(id, `{"model":"${mark.repeat(8000)}"}`),
  'a media type': patch(id, '{}', { 'content-type': `text/${mark}; charset=${mark}` }),
  'a content encoding': patch(id, '{}', { ...json, 'content-encoding': mark }),
  'a precondition': patch(id, '{}', { ...json, 'if-match': `"${mark}"` }),
  'an id of nothing': patch(mark, JSON.stringify({ model: mark })),
  'an id that cannot be one': patch(`${mark}%20%2F..`, JSON.stringify({ model: mark })),
  'headers of every kind': patch(id, JSON.stringify({ model: mark }), {
    ...json,
    'user-agent': mark,
    referer: `https://example.com/${mark}`,
    cookie: `session=${mark}`,
    'x-forwarded-for': '203.0.113.77',
    'x-request-id': `${mark} with a space`,
    'x-ms-client-principal-name': `${mark}@example.com`,
    'x-ms-client-principal': Buffer.from(mark).toString('base64'),
    'x-api-key': mark,
    tracestate: `x=${mark}`,
    baggage: `x=${mark}`,
  }),
  'a preview': [`${path}/${id}/preview`, { method: 'POST', headers: json, body: JSON.stringify({ model: mark }) }],
  'a filter': [`${path}?manufacturer=${mark}&modelContains=${mark}`, {}],
  'a filter that nobody knows': [`${path}?${mark}=${mark}`, {}],
  'a cursor': [`${path}?cursor=${mark}`, {}],
  'a path': [`/api/v1/${mark}`, {}],
  'no token': [
    `${path}/${id}`,
    { method: 'PATCH', headers: json, body: JSON.stringify({ model: mark }), withoutToken: true },
  ],
  'a token that is none': patch(id, '{}', { ...json, authorization: `Bearer ${mark}` }),
  'another scheme': patch(id, '{}', { ...json, authorization: `Basic ${Buffer.from(mark).toString('base64')}` }),
  'details of health': ['/api/health/ready', { headers: { 'user-agent': mark } }],
});

/** What stands in a token beside what is needed. */
const person = {
  name: `${mark} Person`,
  preferred_username: `${mark}@example.com`,
  upn: `${mark}@example.com`,
  email: `${mark}@example.com`,
  ipaddr: '203.0.113.77',
};

/** The mark in all the spellings that a log or a query would give it, an address, and any token. */
const spellings = [mark, Buffer.from(mark).toString('base64').slice(0, 15), '203.0.113.77', 'eyJ'];
const found = (text: string) => spellings.filter((one) => text.includes(one));

const system = useSystem(
  {
    ...scaled,
    TELEMETRY_INTERVAL_MS: '100',
    TELEMETRY_FLUSH_MS: '4000',
    DEADLINE_MS: '4000',
    ATTEMPT_TIMEOUT_MS: '500',
  },
  { telemetry: true },
);
const answers: string[] = [];
const failed: string[] = [];
let asked = 0;

beforeAll(async () => {
  const { emulator } = system;
  const id = emulator.models()[0]?.id ?? '';
  for (const [name, [target, sent]] of Object.entries(marked(id))) {
    const authorization = `Bearer ${emulator.issue({ ...person, roles: ['ModelPerformance.Read', 'ModelPerformance.Write'] })}`;
    const headers = sent.withoutToken ? sent.headers : { authorization, ...sent.headers };
    const answer = await system.call(target, { ...sent, ...(headers && { headers }) });
    if (answer.status >= 400) {
      answers.push(`${name}: ${answer.text} ${JSON.stringify(answer.headers)}`);
      failed.push(String(answer.headers['x-request-id']));
    }
    if (sent.method === 'PATCH') asked += 1;
  }
  await Promise.all(
    atMost(
      10,
      strikes.map(
        ({ id: fault }) =>
          () =>
            play(system, [{ fault, times: 'always' }]),
      ),
    ),
  );
  asked += strikes.length;
  const { ingestion } = emulator;
  await until('the event of every update', () => ingestion.envelopes('Event').length >= asked, { limitMs: 30_000 });
  system.host.child.kill('SIGTERM');
  await system.host.ended;
}, 180_000);

const envelopes = () => system.emulator.ingestion.envelopes();

describe('of every request, every fault of Graph, and every name in a token', () => {
  test('all was told', () => {
    expect(envelopes().filter(({ name }) => name.endsWith('Event'))).toHaveLength(asked);
    expect(envelopes().filter(({ name }) => name.endsWith('RemoteDependency')).length).toBeGreaterThan(strikes.length);
    expect(answers.length).toBeGreaterThan(15);
    expect(system.host.output.err).not.toContain('were lost');
  });

  test('no submitted value is in a dependency, a metric or an exception', () => {
    const others = JSON.stringify(envelopes().filter(({ name }) => !name.endsWith('Event')));
    expect(found(others)).toEqual([]);
    expect(leaks(others)).toEqual([]);
  });

  test('submitted values are in the changes of an audit event, and an id where the id belongs; nowhere else', () => {
    const told = envelopes().filter(({ name }) => name.endsWith('Event'));
    const without = told.map(({ data: { baseData }, ...more }) => {
      const { changes, resourceId, ...properties } = baseData.properties as Record<string, string>;
      return {
        ...more,
        baseData: { ...baseData, properties },
        isId: /^[\w.~=-]*$/.test(resourceId ?? ''),
        changes: typeof changes,
      };
    });
    expect(found(JSON.stringify(without))).toEqual([]);
    expect(leaks(JSON.stringify(without))).toEqual([]);
    expect(without.every(({ isId }) => isId)).toBe(true);
    const changes = told.map(({ data }) => (data.baseData.properties as Record<string, string>).changes).join('\n');
    expect(changes).toContain(mark);
    expect(changes).toContain(wanted.model);
    expect(found(changes.replaceAll(mark, ''))).toEqual([]);
  });

  test('each call that failed is one structured line of log', () => {
    const lines = [...(system.host.output.out + system.host.output.err).matchAll(/^\[.+?\] \[[\w-]+\] (\{.+\})$/gm)];
    const told = lines.map(([, line = '']) => JSON.parse(line) as Record<string, unknown>);
    expect(told.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining(failed));
    expect(told.length).toBeGreaterThan(failed.length);
    for (const line of told)
      expect(line).toEqual({
        problem: expect.stringMatching(/^[a-z-]+$/),
        status: expect.any(Number),
        outcome: expect.stringMatching(/^(not-applied|unknown)$/),
        requestId: expect.stringMatching(/^[\w-]{1,64}$/),
        writes: expect.any(Number),
        reads: expect.any(Number),
        uncounted: expect.any(Number),
      });
  });

  test('no log line holds one, nor anything of Graph’s', () => {
    const lines = system.host.output.out + system.host.output.err;
    expect(found(lines)).toEqual([]);
    expect(leaks(lines)).toEqual([]);
  });

  test('no problem repeats one, but for the name of a property or parameter, in the pointer to it', () => {
    expect(answers.filter((answer) => found(answer.replaceAll(`/${mark}`, '')).length > 0)).toEqual([]);
  });
});
