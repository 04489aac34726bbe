import { describe, expect, test } from '@jest/globals';
import { readBatch, writeBatch, type BatchRequest } from '../../src/graph/batch.js';
import { createObjectReader } from '../../src/graph/objects.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

const nowMs = Date.UTC(2026, 11, 1);
const requests: readonly BatchRequest[] = [{ id: 'a', changes: { windowsScore: 1 } }, { id: 'B' }];
const read = (body: unknown, status = 200) =>
  readBatch(
    createObjectReader(modelPerformance, () => undefined),
    { status, headers: {}, body },
    requests,
    nowMs,
  );
const good = { id: 'b', windowsScore: 2 };

test('requests are numbered, relative to the version, and typed where they have a body', () => {
  expect(writeBatch(modelPerformance, requests)).toEqual({
    requests: [
      {
        id: '0',
        method: 'PATCH',
        url: `/${modelPerformance.path}/a`,
        headers: { 'content-type': 'application/json' },
        body: { '@odata.type': modelPerformance.odataType, windowsScore: 1 },
      },
      { id: '1', method: 'GET', url: `/${modelPerformance.path}/B` },
    ],
  });
});

describe('the answer', () => {
  test('may be in any order, and ids in any case', () => {
    const body = {
      responses: [
        { id: '1', status: 200, body: good },
        { id: '0', status: 204 },
      ],
    };
    expect(read(body)).toEqual([{ object: undefined }, { object: good }]);
  });

  test('only a 200 echoes', () => {
    const body = { responses: [{ id: '0', status: 202, body: { id: 'a', windowsScore: 1 } }] };
    expect(read(body)).toEqual([{ object: undefined }, undefined]);
  });

  test('failures are those of requests of their own, with their waits', () => {
    const body = {
      responses: [
        { id: '0', status: 429, headers: { 'Retry-After': '5', 'x-list': ['y'] }, body: {} },
        { id: '1', status: 400, headers: null, body: 'eyJl' },
      ],
    };
    expect(read(body)).toEqual([
      { failure: { code: 'graph-throttled', outcome: 'not-applied', retry: 'yes', retryAfterMs: 5000 } },
      { failure: { code: 'graph-error', outcome: 'unknown', retry: 'once' } },
    ]);
  });

  test('a header that is no text is none', () => {
    const body = { responses: [{ id: '0', status: 429, headers: { 'Retry-After': 5 }, body: {} }] };
    expect(read(body)).toEqual([
      { failure: { code: 'graph-throttled', outcome: 'not-applied', retry: 'yes' } },
      undefined,
    ]);
  });

  test.each<[string, unknown[]]>([
    ['missing', []],
    [
      'there twice',
      [
        { id: '0', status: 200, body: { id: 'a', windowsScore: 1 } },
        { id: '0', status: 200 },
      ],
    ],
    ['without a status', [{ id: '0', body: { id: 'a', windowsScore: 1 } }]],
    ['with a status that is a text', [{ id: '0', status: '200' }]],
    ['with half a status', [{ id: '0', status: 200.5 }]],
    ['under a number', [{ id: 0, status: 200 }]],
    ['no object', [null, 5, 'x']],
  ])('that is %s for a request tells nothing of it (F76)', (_, responses) => {
    expect(read({ responses })).toEqual([undefined, undefined]);
  });

  test.each<[string, unknown, number]>([
    ['another success', { responses: [] }, 202],
    ['no body', undefined, 200],
    ['a list', [], 200],
    ['no responses', {}, 200],
    ['responses that are no list', { responses: {} }, 200],
  ])('that is %s is none', (_, body, status) => {
    expect(read(body, status)).toBeUndefined();
  });
});
