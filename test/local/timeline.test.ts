import { describe, expect, test } from '@jest/globals';
import { timeline } from '../../local/console/timeline.js';
import type { RecordedRequest } from '../../local/emulator/record.js';
import type { ServedCall } from '../../local/host/report.js';

const item = '/api/v1/model-performance/a';
const call = (key: string, startedAt: number, endedAt: number, path = item): ServedCall => ({
  key,
  method: 'PATCH',
  path,
  startedAt,
  endedAt,
  status: 200,
  requestId: key,
});
const request = (at: number, method: string, status: number, more: Partial<RecordedRequest> = {}): RecordedRequest => ({
  server: 'graph',
  method,
  path: '/beta/…',
  headers: {},
  body: '',
  status,
  at,
  endedAt: at + 5,
  id: 'a',
  ...more,
});
const told = (calls: readonly ServedCall[], requests: readonly RecordedRequest[]) =>
  timeline(calls, requests).map(({ call: of, steps }) => [
    of?.key ?? 'alone',
    ...steps.map(({ kind, status, waitedMs }) => `${kind} ${status}${waitedMs > 0 ? ` after ${waitedMs}` : ''}`),
  ]);

describe('what a call did at Graph', () => {
  test('a read before, attempts with the waits between them, a look', () => {
    const requests = [
      request(10, 'GET', 200),
      request(20, 'PATCH', 429, { fault: 'F01' }),
      request(2025, 'PATCH', 200),
      request(3030, 'GET', 200),
    ];
    expect(told([call('one', 0, 3050)], requests)).toEqual([
      ['one', 'read before 200', 'attempt 429', 'attempt 200 after 2000', 'look 200 after 1000'],
    ]);
  });

  test.each<[string, readonly ServedCall[], RecordedRequest, unknown]>([
    [
      'the call of the same model',
      [call('one', 0, 50), call('two', 0, 50, '/api/v1/model-performance/b')],
      request(10, 'GET', 200),
      [['one', 'read 200'], ['two']],
    ],
    [
      'the id in another case, encoded',
      [call('one', 0, 50, '/api/v1/model-performance/%41?x=1')],
      request(10, 'GET', 200),
      [['one', 'read 200']],
    ],
    [
      'the later of two',
      [call('one', 0, 50), call('two', 5, 50)],
      request(10, 'GET', 200),
      [['two', 'read 200'], ['one']],
    ],
    [
      'a list',
      [call('one', 0, 50, '/api/v1/model-performance?limit=1')],
      request(10, 'GET', 200, { id: undefined as never }),
      [['one', 'read 200']],
    ],
    [
      'no call with a path that cannot be decoded',
      [call('one', 0, 50, '/api/v1/model-performance/%zz')],
      request(10, 'GET', 200),
      [['alone', 'read 200'], ['one']],
    ],
    ['no call: after its end', [call('one', 0, 5)], request(10, 'GET', 200), [['alone', 'read 200'], ['one']]],
    ['no call: telemetry is none of its business', [], request(10, 'POST', 200, { server: 'ingestion' }), []],
  ])('belongs to %s', (_, calls, asked, expected) => {
    expect(told(calls, [asked])).toEqual(expected);
  });

  test('a batch tells its items together', () => {
    const requests = [
      request(10, 'POST', 200, { requestId: 'r', id: undefined as never }),
      request(11, 'PATCH', 200, { inBatch: true, batchId: 'r' }),
      request(11, 'PATCH', 429, { inBatch: true, batchId: 'r' }),
      request(11, 'PATCH', 200, { inBatch: true, batchId: 'r' }),
      request(11, 'PATCH', 200, { inBatch: true, batchId: 'another' }),
    ];
    const [entry] = timeline([call('one', 0, 50, '/api/v1/model-performance/batch')], requests);
    expect(entry?.steps.map(({ kind, items: of }) => [kind, of])).toEqual([['batch', '2 × 200, 1 × 429']]);
  });
});
