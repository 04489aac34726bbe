import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readId } from '../../src/http/id.js';
import { Problem } from '../../src/problem.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

function read(segment: string): string | undefined {
  try {
    return readId(segment);
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-id', outcome: 'not-applied' });
    expect(error).toBeInstanceOf(Problem);
    return undefined;
  }
}

test('any text is refused, or is exactly one segment under the path of the resource', () => {
  const collection = `/beta/${modelPerformance.path}/`;
  const part = fc.constantFrom(
    '.',
    '..',
    '/',
    '\\',
    '%2e',
    '%2F',
    '?',
    '#',
    ';',
    '$batch',
    '~',
    '=',
    '-',
    'a',
    '%00',
    '@',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.stringMatching(/^[\w.~=-]+$/),
  );
  fc.assert(
    fc.property(text, (given) => {
      const id = read(given);
      if (id === undefined) return;
      expect(id).toBe(given);
      const { origin, pathname, search, hash } = new URL(`https://graph.microsoft.com${collection}${id}`);
      expect({ origin, pathname, search, hash }).toEqual({
        origin: 'https://graph.microsoft.com',
        pathname: collection + given,
        search: '',
        hash: '',
      });
      expect(given).not.toContain('/');
    }),
    { numRuns: 500 },
  );
});
