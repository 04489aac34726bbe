import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retryAfterMs } from '../../src/graph/retryAfter.js';

const nowMs = Date.UTC(2026, 11, 1, 10, 0, 0);
const fromHeader = (value: string | string[]) =>
  retryAfterMs({ status: 429, headers: { 'retry-after': value }, body: undefined }, nowMs);
const fromBody = (body: unknown) => retryAfterMs({ status: 429, headers: {}, body }, nowMs);
const date = (inMs: number) => new Date(nowMs + inMs).toUTCString();

describe('seconds in the header (F01)', () => {
  test.each([
    ['1', 1000],
    ['2', 2000],
    ['007', 7000],
    [' 5\t', 5000],
    ['0000000003', 3000],
    ['3600', 3_600_000],
    ['2147483', 2_147_483_000],
    ['2.128', 3000],
    ['1.0', 1000],
    ['0.001', 1000],
    ['5, 7', 7000],
    ['7,5', 7000],
    ['abc, 5, -1, 0x10', 5000],
    ['5,, ,', 5000],
  ])('%j is a wait', (value, waitMs) => {
    expect(fromHeader(value)).toBe(waitMs);
  });

  test.each([
    '',
    '0',
    '0.0',
    '.5',
    '5.',
    '1.5.1',
    ', ,',
    'abc, -1',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '5 7',
    'abc 5',
    '5s',
    '٥',
    '2147484',
    '2160000',
    '00000000003',
    'Infinity',
    'null',
  ])('%j is none (F04)', (value) => {
    expect(fromHeader(value)).toBeUndefined();
  });

  test('of headers that came more than once the longest wait counts', () => {
    expect(fromHeader(['5', '7'])).toBe(7000);
    expect(fromHeader(['7', 'soon', '5'])).toBe(7000);
    expect(fromHeader([])).toBeUndefined();
  });
});

describe('a date in the header (F02)', () => {
  test.each([
    [date(1000), 1000],
    [date(10_000), 10_000],
    [date(86_400_000), 86_400_000],
    [` ${date(10_000)} `, 10_000],
    ['Mon, 01 Dec 2036 10:00:00 GMT', Date.UTC(2036, 11, 1, 10) - nowMs],
    ['Tuesday, 01-Dec-26 10:00:10 GMT', 10_000],
    ['Wednesday, 01-Jan-76 00:00:00 GMT', Date.UTC(2076, 0, 1) - nowMs],
    ['Tue Dec  1 10:00:10 2026', 10_000],
    ['Thu Dec 31 10:00:00 2026', 30 * 86_400_000],
    [`${date(10_000)}, 5`, 10_000],
    [`5, ${date(10_000)}`, 10_000],
    [`20, Tuesday, 01-Dec-26 10:00:10 GMT, 5`, 20_000],
  ])('%j is a wait', (value, waitMs) => {
    expect(fromHeader(value)).toBe(waitMs);
  });

  test('every month and every weekday has its name in each of the forms', () => {
    const days = Array.from({ length: 360 }, (_, number) => new Date(nowMs + (number + 1) * 86_400_000));
    for (const day of days) {
      const [name = '', date = '', month = '', year = '', time = ''] = day.toUTCString().replace(',', '').split(' ');
      const weekday = day.toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' });
      const forms = [
        `${name}, ${date} ${month} ${year} ${time} GMT`,
        `${weekday}, ${date}-${month}-${year.slice(2)} ${time} GMT`,
        `${name} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`,
      ];
      expect(forms.map((form) => fromHeader(form))).toEqual(forms.map(() => day.getTime() - nowMs));
    }
  });

  test('the wait is counted from the moment that is given, to the millisecond', () => {
    const headers = { 'retry-after': date(2000) };
    expect(retryAfterMs({ status: 429, headers, body: undefined }, nowMs + 1)).toBe(1999);
  });

  test.each([
    ['past', date(-1000)],
    ['past by 400 years, when the weekdays were the same', 'Tue, 01 Dec 1626 10:00:10 GMT'],
    ['now', date(0)],
    ['on another weekday', 'Mon, 01 Dec 2026 10:00:10 GMT'],
    ['a day that does not exist', 'Sun, 30 Feb 2027 10:00:00 GMT'],
    ['an hour that does not exist', 'Tue, 01 Dec 2026 25:00:00 GMT'],
    ['of RFC 850, more than 50 years ahead: a century before', 'Saturday, 01-Jan-77 00:00:00 GMT'],
    ['of RFC 850, on another weekday', 'Monday, 01-Dec-26 10:00:10 GMT'],
    ['of RFC 850, with a short weekday', 'Tue, 01-Dec-26 10:00:10 GMT'],
    ['of asctime, on another weekday', 'Wed Dec  1 10:00:10 2026'],
    ['of asctime, with another month', 'Tue Dez  1 10:00:10 2026'],
    ['a minute that does not exist', 'Tue, 01 Dec 2026 10:60:00 GMT'],
    ['a second that does not exist', 'Tue, 01 Dec 2026 10:00:61 GMT'],
    ['in ISO 8601', '2026-12-01T10:00:10Z'],
    ['with another zone', 'Tue, 01 Dec 2026 10:00:10 +0000'],
    ['with something after it', `${date(10_000)} 5`],
    ['with something before it', `at ${date(10_000)}`],
    ['of RFC 850, with something after it', 'Tuesday, 01-Dec-26 10:00:10 GMT 5'],
    ['of RFC 850, with something before it', 'at Tuesday, 01-Dec-26 10:00:10 GMT'],
    ['of asctime, with something after it', 'Tue Dec  1 10:00:10 2026 GMT'],
    ['of asctime, with something before it', 'at Tue Dec  1 10:00:10 2026'],
    ['in lower case', date(10_000).toLowerCase()],
    ['no date', 'Invalid Date'],
  ])('a date that is %s is none', (_, value) => {
    expect(fromHeader(value)).toBeUndefined();
  });
});

describe('a wait inside of Intune’s message (F03)', () => {
  const text = (value: unknown) => JSON.stringify(value);
  const answer = (message: unknown) => ({ error: { code: 'TooManyRequests', message } });
  const once = (RetryAfter: unknown) => answer(text({ _version: 3, Message: 'Slow down', RetryAfter }));

  test.each<[string, unknown, number]>([
    ['a number', once(2), 2000],
    ['a text', once('2'), 2000],
    ['decimals', once(1.5), 2000],
    ['in the error, beside the message', { error: { message: 'Slow down', RetryAfter: 2 } }, 2000],
    ['beside the error', { error: { message: 'Slow down' }, RetryAfter: 2 }, 2000],
    ['a message within a message', answer(text({ Message: text({ Message: 'Slow down', RetryAfter: 3 }) })), 3000],
    ['an error within a message', answer(text(once('4'))), 4000],
    [
      'nothing usable outside, a wait inside',
      answer(text({ RetryAfter: null, Message: text({ RetryAfter: 5 }) })),
      5000,
    ],
  ])('%s', (_, body, waitMs) => {
    expect(fromBody(body)).toBe(waitMs);
  });

  test.each<[string, unknown]>([
    ['no body', undefined],
    ['null', null],
    ['a text', 'RetryAfter 5'],
    ['an array', [{ RetryAfter: 5 }]],
    ['no error', {}],
    ['an error that is a text', { error: 'RetryAfter' }],
    ['no message', { error: {} }],
    ['a message that is no JSON', answer('Too many requests')],
    ['a message that is JSON and no object', answer('5')],
    ['a message that is an object', answer({ RetryAfter: 5 })],
    ['a message that is an array', answer(text([{ RetryAfter: 5 }]))],
    ['a list of messages', answer([text({ RetryAfter: 5 })])],
    ['nested three times', answer(text({ Message: text({ Message: text({ RetryAfter: 5 }) }) }))],
    ['null instead of a wait', once(null)],
    ['a wait of nothing', once(0)],
    ['a negative wait', once(-5)],
    ['25 days', once(2_160_000)],
    ['hexadecimal', once('0x10')],
    ['an exponent', once('1e3')],
    ['an empty text', once('')],
    ['true', once(true)],
    ['a list', once([5])],
    ['an object that cannot be made a number', once({ toString: 1, valueOf: 1 })],
  ])('%s holds none', (_, body) => {
    expect(fromBody(body)).toBeUndefined();
  });

  test('of the header and the message the longer wait counts', () => {
    const both = (value: string) => ({ status: 429, headers: { 'retry-after': value }, body: once(9) });
    expect(retryAfterMs(both('2'), nowMs)).toBe(9000);
    expect(retryAfterMs(both('10'), nowMs)).toBe(10_000);
    expect(retryAfterMs(both('0'), nowMs)).toBe(9000);
    expect(retryAfterMs(both('soon'), nowMs)).toBe(9000);
    expect(retryAfterMs(both(date(-1000)), nowMs)).toBe(9000);
  });
});

describe('for any header', () => {
  test('a wait is exactly what a valid one asks for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_147_483 }), (seconds) => {
        expect(fromHeader(String(seconds))).toBe(seconds * 1000);
        expect(fromHeader(date(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  test('whatever it holds, the wait is undefined or positive, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (value, body) => {
        const waitMs = retryAfterMs({ status: 429, headers: { 'retry-after': value }, body }, nowMs) ?? 1;
        expect(waitMs).toBeGreaterThan(0);
      }),
    );
  });
});
