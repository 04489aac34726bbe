import { expect, test } from '@jest/globals';
import { pauseSeconds } from '../../clients/bulk/job.js';

const pauses = (retryAfterSeconds: number) =>
  [1, 2, 3, 4, 5, 6, 2000].map((looks) => pauseSeconds(looks, retryAfterSeconds));

test('looks early after a job of few rows, and then as the API asks to', () => {
  expect(pauses(15)).toEqual([1, 2, 4, 8, 15, 15, 15]);
  expect(pauses(3)).toEqual([1, 2, 3, 3, 3, 3, 3]);
});
