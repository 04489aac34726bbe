import { describe, expect, test } from '@jest/globals';
import { readId } from '../../src/http/id.js';
import { refused } from '../support/refused.js';
import { named } from '../support/named.js';

describe('ids', () => {
  test.each(
    named([
      '7ec79407-9407-7ec7-0794-c77e0794c77e',
      'a',
      '0',
      '_',
      '~',
      '=',
      '-',
      'a.b',
      '.a',
      'a.',
      '..a',
      'TGF0aXR1ZGU3NDUw==',
      'x'.repeat(256),
      'batches',
      'my-jobs',
    ]),
  )('%s is taken as it is', (_, id) => {
    expect(readId(id)).toBe(id);
  });

  test.each(
    named([
      '',
      '.',
      '..',
      '...',
      ' ',
      'a b',
      ' a',
      'a\n',
      'a\r\n',
      '\na',
      'a/b',
      'a\\b',
      'a?b',
      'a#b',
      'a;b',
      'a:b',
      'a@b',
      'a&b',
      'a+b',
      'a,b',
      "a'b",
      'a(b)',
      '%2e%2e',
      'a%2Fb',
      '$batch',
      'a*',
      'ä',
      '\u017f',
      '\u212a',
      '\uff10',
      'a\u0000',
      'x'.repeat(257),
      'x'.repeat(10_240),
      'batch',
      'Jobs',
      'LABELS',
    ]),
  )('%s is refused (F50)', async (_, id) => {
    expect(await refused(() => readId(id))).toEqual({ code: 'invalid-id', outcome: 'not-applied', errors: [] });
  });
});
