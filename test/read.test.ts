import { beforeEach, describe, expect, test } from '@jest/globals';
import { seed } from '../local/emulator/models.js';
import { json, type Sent } from './support/host-fixture/process.js';
import { useSystem } from './support/useSystem.js';

const path = '/api/v1/model-performance';

const system = useSystem();
beforeEach(() => {
  system.emulator.reset();
});

interface List {
  readonly value: readonly Record<string, unknown>[];
  readonly nextLink?: string;
}

async function list(query = '', sent: Sent = {}): Promise<List> {
  const answer = await system.call(`${path}${query}`, sent);
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  return json(answer) as List;
}

/** Every object of a list, page after page, by following the links. */
async function follow(query: string): Promise<{ ids: unknown[]; pages: number }> {
  const ids: unknown[] = [];
  let pages = 0;
  for (let next: string | undefined = query; next !== undefined; pages++) {
    const { value, nextLink }: List = await list(next);
    ids.push(...value.map(({ id }) => id));
    next = nextLink?.slice(`${system.baseUrl}${path}`.length);
  }
  return { ids, pages };
}

const ids = seed().map(({ id }) => id);

describe('one model', () => {
  test('is what Graph has, with the id and the nine properties alone', async () => {
    const [model] = seed();
    const answer = await system.call(`${path}/${model?.id}`);
    expect(json(answer)).toEqual(model);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('that is not there is a 404', async () => {
    expect(json(await system.call(`${path}/nobody`))).toMatchObject({ error: { code: 'not-found' } });
  });

  test('HEAD is GET without a body, and 405 names both', async () => {
    const answer = await system.call(`${path}/${ids[0]}`, { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, text: '', headers: { 'content-type': 'application/json' } });
    expect(await system.call(`${path}/${ids[0]}`, { method: 'DELETE' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, PATCH' },
    });
  });

  test('may be read by who may only read, and not be changed', async () => {
    const authorization = `Bearer ${system.emulator.issue({ roles: ['ModelPerformance.Read'] })}`;
    expect(await system.call(`${path}/${ids[0]}`, { headers: { authorization } })).toMatchObject({ status: 200 });
    expect((await list('', { headers: { authorization } })).value).toHaveLength(ids.length);
    expect(await system.patch(ids[0] ?? '', { windowsScore: 1 }, { authorization })).toMatchObject({ status: 403 });
  });
});

describe('the list', () => {
  test('is the whole of Graph’s pages', async () => {
    const { value, nextLink } = await list();
    expect(value).toEqual(seed());
    expect(nextLink).toBeUndefined();
  });

  test.each([1, 7, 20, 21, 1000])('comes in pages of %i that miss and repeat nothing', async (limit) => {
    const { ids: seen } = await follow(`?limit=${limit}`);
    expect(seen).toEqual(ids);
  });

  test('a link keeps the filters and is absolute', async () => {
    const { nextLink = '' } = await list('?limit=1&manufacturer=dell%20inc.');
    const link = new URL(nextLink);
    expect(link.origin).toBe(system.baseUrl);
    expect(link.searchParams.get('manufacturer')).toBe('dell inc.');
    expect(link.searchParams.get('limit')).toBe('1');
  });

  test.each([
    ['?manufacturer=DELL%20inc.', ({ manufacturer }: Record<string, unknown>) => manufacturer === 'Dell Inc.'],
    ['?healthStatus=meetingGoals', ({ healthStatus }: Record<string, unknown>) => healthStatus === 'meetingGoals'],
    ['?model=latitude%207450', ({ model }: Record<string, unknown>) => model === 'Latitude 7450'],
    ['?model=latitude', () => false],
    [
      '?manufacturer=dell%20inc.&healthStatus=needsAttention',
      ({ manufacturer, healthStatus }: Record<string, unknown>) =>
        manufacturer === 'Dell Inc.' && healthStatus === 'needsAttention',
    ],
  ])('%s', async (query, fits) => {
    const wanted = seed().filter((model) => fits({ ...model }));
    expect((await list(query)).value).toEqual(wanted);
    expect((await follow(`${query}&limit=2`)).ids).toEqual(wanted.map(({ id }) => id));
  });

  test('as CSV has the header that is to be edited, quotes what must be, and links in a header', async () => {
    const [model] = seed();
    system.emulator.put({ ...(model ?? seed()[0]), model: 'a "b", c' } as NonNullable<typeof model>);
    const answer = await system.call(`${path}?limit=2`, { headers: { accept: 'text/csv' } });
    const [header, first] = answer.text.split('\r\n');
    expect(header).toBe(
      `id,${Object.keys(model ?? {})
        .slice(1)
        .join(',')}`,
    );
    expect(first).toContain('"a ""b"", c"');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.link).toMatch(/^<http.*cursor=[\w-]+>; rel="next"$/);
  });

  test.each([
    ['text/csv;q=0.5, application/json', 'application/json'],
    ['text/csv, application/json;q=0.5', 'text/csv; charset=utf-8; header=present'],
    ['application/json;odata.metadata=minimal, text/csv;q=0.1', 'application/json'],
    ['application/json;q=0.1;odata.metadata=minimal, text/csv', 'text/csv; charset=utf-8; header=present'],
    ['text/csv; charset=utf-8', 'text/csv; charset=utf-8; header=present'],
    [
      'text/csv;header="present;q=0, a";charset=utf-8;q=0.9, application/json;q=0.8',
      'text/csv; charset=utf-8; header=present',
    ],
    ['image/png', 'application/json'],
    ['*/*', 'application/json'],
  ])('Accept: %s gives %s', async (accept, type) => {
    expect((await system.call(path, { headers: { accept } })).headers['content-type']).toBe(type);
  });
});

describe('CSV for a spreadsheet', () => {
  const odd = {
    ...seed()[0],
    id: '-a',
    model: '=HYPERLINK("http://x";"y")',
    manufacturer: "Müller, '+1",
    windowsScore: -1.5,
  };
  const csv = async (query: string) => {
    for (const model of system.emulator.models().slice(1)) system.emulator.put({ ...model, model: 'other' });
    system.emulator.put(odd as ReturnType<typeof seed>[number]);
    const headers = { accept: 'text/csv', authorization: `Bearer ${system.emulator.issue()}` };
    const answer = await fetch(`${system.baseUrl}${path}?model=${encodeURIComponent(odd.model)}${query}`, { headers });
    return Buffer.from(await answer.arrayBuffer()).toString();
  };
  const rest = {
    ',': '412,70.09,-1.5,52.45,88.98,44.04,meetingGoals',
    ';': '412;70,09;-1,5;52,45;88,98;44,04;meetingGoals',
  };

  test('holds no formula: a text that would be one gets a leading quote, a number does not', async () => {
    const [, line] = (await csv('')).split('\r\n');
    expect(line).toBe(`'-a,"'=HYPERLINK(""http://x"";""y"")","Müller, '+1",${rest[',']}`);
  });

  test('for an Excel that takes commas begins with a byte order mark', async () => {
    const [header, line] = (await csv('&excel=comma')).split('\r\n');
    expect(header).toMatch(/^\ufeffid,model,/);
    expect(line).toBe(`'-a,"'=HYPERLINK(""http://x"";""y"")","Müller, '+1",${rest[',']}`);
  });

  test('for an Excel that takes semicolons has decimal commas, too', async () => {
    const [header, line] = (await csv('&excel=semicolon')).split('\r\n');
    expect(header).toMatch(/^\ufeffid;model;/);
    expect(line).toBe(`'-a;"'=HYPERLINK(""http://x"";""y"")";Müller, '+1;${rest[';']}`);
  });

  test('is what ?excel asks for, whatever is accepted', async () => {
    const answer = await system.call(`${path}?excel=comma&limit=1`, { headers: { accept: 'application/json' } });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.link).toMatch(/excel=comma&limit=1&cursor=/);
  });

  test.each(["'", "''", 'a', '-', '+', '@', '=', "'=", "''-"])(
    'a model called %s can be told from any other',
    async (model) => {
      system.emulator.put({ ...odd, id: 'a', model } as ReturnType<typeof seed>[number]);
      const { text } = await system.call(`${path}?model=${encodeURIComponent(model)}`, {
        headers: { accept: 'text/csv' },
      });
      const cell = text.split('\r\n')[1]?.split(',')[1] ?? '';
      expect(cell.replace(/^'(?='*[=+@\t\r-])/, '')).toBe(model);
    },
  );
});

const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  ['?limit=0', '/limit'],
  ['?limit=1001', '/limit'],
  ['?limit=1e2', '/limit'],
  ['?limit=', '/limit'],
  ['?limit=1&limit=2', '/limit'],
  ['?healthStatus=fine', '/healthStatus'],
  ['?$filter=model', '/$filter'],
  ['?cursor=', '/cursor'],
  ['?cursor=%7B%7D', '/cursor'],
  [`?cursor=${cursor({ query: '$skiptoken=x' })}`, '/cursor'],
  [`?cursor=${cursor({ query: 'a b', skip: 0 })}`, '/cursor'],
  [`?cursor=${cursor({ query: '', skip: -1 })}`, '/cursor'],
  [`?cursor=${cursor({ query: `$skiptoken=${'x'.repeat(3100)}`, skip: 0 })}`, '/cursor'],
  ...[
    'https://elsewhere.example/x',
    '../../users',
    '@elsewhere',
    '$top=1',
    '$skiptoken=',
    '$skiptoken=x&$top=1',
    '$skiptoken=x&$expand=y',
    '$skiptoken=x#y',
    '$skip=x',
    '$skip=1&$skiptoken=x',
  ].map((query) => [`?cursor=${cursor({ query, skip: 0 })}`, '/cursor'] as const),
  ['?manufacturer=', '/manufacturer'],
  ['?model=', '/model'],
  ['?healthStatus=', '/healthStatus'],
  ['?excel=', '/excel'],
  ['?excel=tab', '/excel'],
  ['?excel=comma&excel=comma', '/excel'],
])('the query %.60s is refused and reaches nobody', async (query, pointer) => {
  const body = json(await system.call(`${path}${query}`)) as { errors: { pointer: string }[] };
  expect(body).toMatchObject({ status: 400, error: { code: 'invalid-query' } });
  expect(body.errors.map((one) => one.pointer)).toContain(pointer);
  expect(system.emulator.requests()).toEqual([]);
});

test.each([
  '$skiptoken=https://elsewhere.example',
  '$skiptoken=../../users',
  '$skiptoken=/../../users?x',
  '$skiptoken=x%26$top=1',
  '$skip=5',
])('a forged cursor with %s stays on the collection’s own path, and says nothing else', async (query) => {
  await system.call(`${path}?cursor=${cursor({ query, skip: 0 })}`);
  const asked = system.emulator.requests().filter(({ server }) => server !== 'identity' && server !== 'entra');
  expect(asked.map((request) => `${request.server} ${request.path}`)).toEqual([
    `graph /beta/deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance?${query}`,
  ]);
});

test('a cursor that Graph refuses is the caller’s', async () => {
  const answer = await system.call(`${path}?cursor=${cursor({ query: '$skiptoken=x', skip: 0 })}`);
  expect(json(answer)).toMatchObject({
    status: 400,
    error: { code: 'invalid-query' },
    errors: [{ pointer: '/cursor' }],
  });
});
