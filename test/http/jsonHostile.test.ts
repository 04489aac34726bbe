import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../src/http/json.js';
import { Problem } from '../../src/problem.js';

const size = 4 * 1024 * 1024;
const filled = (unit: string) => unit.repeat(Math.floor(size / unit.length));
const names = (count: number) => Array.from({ length: count }, (_, index) => `"${index}":0`).join();
const longName = `"${'x'.repeat(size / 2)}"`;

/** What takes time in the square of such a length does not end within a test's limit (F45). */
describe('four mebibytes of hostile text come to an end', () => {
  test.each([
    ['brackets', filled('['), 'invalid-body'],
    ['closing brackets', filled(']'), 'invalid-json'],
    ['quotes', filled('"'), 'invalid-json'],
    ['escaped quotes without an end', `"${filled('\\"')}`, 'invalid-json'],
    ['spaces after each text', `[${filled(`"" ${' '.repeat(1000)},`)}0]`, 'read'],
    ['objects side by side', `[${filled('{"a":{}},')}0]`, 'read'],
    ['one long name twice', `{${longName}:1,${longName}:2}`, 'duplicate-key'],
    ['names within a long name', `{${longName}:{${names(100_000)}}}`, 'read'],
    ['very many names, the last one twice', `{${names(250_000)},"249999":1}`, 'duplicate-key'],
  ])('%s', (_, text, end) => {
    expect(endOf(text)).toBe(end);
  });
});

function endOf(text: string): string {
  try {
    parseJson(text);
    return 'read';
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
}
