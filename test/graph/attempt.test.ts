import { expect, test } from '@jest/globals';
import { countAttempts, type Attempt } from '../../src/graph/attempt.js';

const sent = (name: string, attempt: number, failure?: Attempt['failure']): Attempt => ({
  name,
  method: name,
  writes: name === 'PATCH',
  target: 'graph.example',
  attempt,
  startMs: 0,
  waitMs: 0,
  durationMs: 0,
  ...(failure && { failure }),
});

test.each([
  { what: 'nothing sent', attempts: [], expected: { writes: 0, reads: 0, uncounted: 0 } },
  {
    what: 'a read, and a write that is repeated',
    attempts: [sent('GET', 1), sent('PATCH', 1, 'graph-unavailable'), sent('PATCH', 2), sent('GET', 1), sent('GET', 1)],
    expected: { writes: 2, reads: 3, uncounted: 0 },
  },
  {
    what: 'a write that is repeated with another token',
    attempts: [sent('PATCH', 1, 'graph-rejected-credentials'), sent('PATCH', 1, 'graph-unavailable'), sent('PATCH', 2)],
    expected: { writes: 2, reads: 0, uncounted: 1 },
  },
  {
    what: 'a read that is refused, and the write after it',
    attempts: [sent('GET', 1, 'graph-rejected-credentials'), sent('PATCH', 1, 'graph-rejected-credentials')],
    expected: { writes: 1, reads: 1, uncounted: 0 },
  },
])('$what', ({ attempts, expected }) => {
  expect(countAttempts(attempts)).toEqual(expected);
});
