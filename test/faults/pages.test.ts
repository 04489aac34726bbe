import { beforeEach, describe, expect, test } from '@jest/globals';
import { seed } from '../../local/emulator/models.js';
import { json } from '../support/host-fixture/process.js';
import { useSystem } from '../support/useSystem.js';

// Graph's links between the pages of a list lead astray.

const path = '/api/v1/model-performance';
const all = seed();

const system = useSystem({ LIST_PAGES: '5' });
beforeEach(() => {
  system.emulator.reset();
});

/** The queries that reached Graph. */
const asked = () =>
  system.emulator
    .requests()
    .filter(({ server }) => server === 'graph')
    .map((request) => request.path.split('?')[1]);

describe('F29b a page that leads astray', () => {
  test.each([
    { fault: 'F29b-itself', requests: 2 },
    { fault: 'F29b-circle', requests: 3 },
    { fault: 'F29b-no-mark', requests: 1 },
    { fault: 'F29b-another-path', requests: 1 },
    { fault: 'F29b-another-host', requests: 1 },
    { fault: 'F29b-no-address', requests: 1 },
  ])('$fault ends the list as an error of Graph', async ({ fault, requests }) => {
    system.emulator.arm({ fault, times: 'always' });
    const answer = await system.call(path);
    expect(json(answer)).toMatchObject({ status: 502, error: { code: 'graph-error' }, outcome: 'not-applied' });
    expect(asked()).toHaveLength(requests);
    expect(system.emulator.requests().filter(({ server }) => server === 'elsewhere')).toEqual([]);
  });

  test('a link that is null is none', async () => {
    system.emulator.arm({ fault: 'F29b-null' });
    expect(json(await system.call(path))).toEqual({ value: all.slice(0, 20) });
  });

  test('a link with its path in capitals is one', async () => {
    system.emulator.arm({ fault: 'F29b-other-case' });
    expect(json(await system.call(path))).toEqual({ value: all });
  });

  test('of a link with more options only where the page begins is taken, there and in a cursor', async () => {
    system.emulator.arm({ fault: 'F29b-more-options' });
    expect(json(await system.call(path))).toEqual({ value: all });
    const mark = '$skiptoken=ZnJvbSAyMA';
    expect(asked().slice(0, 2)).toEqual([undefined, mark]);

    system.emulator.arm({ fault: 'F29b-more-options' });
    const { nextLink } = json(await system.call(`${path}?limit=20`)) as { nextLink: string };
    const cursor = new URL(nextLink).searchParams.get('cursor') ?? '';
    expect(JSON.parse(Buffer.from(cursor, 'base64url').toString())).toEqual({ query: mark, skip: 0 });
  });

  test('empty pages without end are read up to LIST_PAGES, and the link leads on', async () => {
    system.emulator.arm({ fault: 'F29b-endless', times: 'always' });
    const first = json(await system.call(path)) as { value: unknown[]; nextLink: string };
    expect(first).toEqual({ value: [], nextLink: expect.stringContaining('cursor=') });
    expect(asked()).toHaveLength(5);

    const { pathname, search } = new URL(first.nextLink);
    const second = json(await system.call(`${pathname}${search}`)) as { nextLink: string };
    expect(second.nextLink).not.toBe(first.nextLink);
    expect(new Set(asked()).size).toBe(10);
  });

  test('a filter that fits nothing reads no more pages either', async () => {
    const [example] = all;
    for (let index = 0; index < 120; index += 1)
      system.emulator.put({ ...example, id: `more-${index}` } as NonNullable<typeof example>);
    const answer = json(await system.call(`${path}?model=nobody`));
    expect(answer).toEqual({ value: [], nextLink: expect.stringMatching(/model=nobody&cursor=/) });
    expect(asked()).toHaveLength(5);
  });
});
