import { errorLayers } from './errorBody.js';
import { headerValues, type GraphResponse } from './response.js';

/** Longest wait that a timer of this platform can hold; a longer one in seconds is not believed (F04). */
const longestSeconds = 2_147_483;

/**
 * The wait that Graph asks for, in milliseconds: the longest that `Retry-After` (RFC 9110 §10.2.3) and Intune's message (F03) name,
 * so that it is never shorter than any valid reading. Undefined when there is none, or all are invalid or past: then the backoff decides.
 * @param nowMs milliseconds since 1970, from which a date is counted
 */
export function retryAfterMs(response: GraphResponse, nowMs: number): number | undefined {
  const fromHeader = members(headerValues(response, 'retry-after').join(',')).map(
    (member) => fromSeconds(member) ?? fromDate(member, nowMs),
  );
  const fromMessage = errorLayers(response.body).map(({ retryAfter }) => fromSeconds(retryAfter));
  const waits = [...fromHeader, ...fromMessage].filter((waitMs) => waitMs !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** The parts between commas, but for the comma behind a date's weekday. */
function members(value: string): string[] {
  const found = value.matchAll(/ *(?:[A-Z][a-z]+day|[A-Z][a-z]{2}), [^,]*|[^,]+/g);
  return [...found].map(([member]) => member.trim());
}

/** Whole seconds, or decimals rounded up: more than RFC 9110 allows, and seen. */
function fromSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d{1,10}(\.\d{1,10})?$/.test(value)))
    return undefined;
  const seconds = Math.ceil(Number(value));
  return seconds > 0 && seconds <= longestSeconds ? seconds * 1000 : undefined;
}

/** The three forms of HTTP-date (RFC 9110 §5.6.7): that of today, of RFC 850, and of C's asctime. */
const dateForms = [
  /^(?<day>[A-Z][a-z]{2}), (?<date>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^(?<day>Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (?<date>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^(?<day>[A-Z][a-z]{2}) (?<month>[A-Z][a-z]{2}) (?<date>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/** What each of the forms names. */
type DateParts = Readonly<Record<'day' | 'date' | 'month' | 'year' | 'time', string>>;

function fromDate(value: string, nowMs: number): number | undefined {
  const parts = dateForms.map((form) => form.exec(value)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return undefined;
  const { day, date, month, year, time } = parts as DateParts;
  const text = `${day.slice(0, 3)}, ${date.replace(' ', '0')} ${month} ${fullYear(year, nowMs)} ${time} GMT`;
  const at = new Date(text);
  const waitMs = at.getTime() - nowMs;
  // Only a date that exists and falls on its weekday is the same when it is written again.
  return at.toUTCString() === text && waitMs > 0 ? waitMs : undefined;
}

/** Two digits mean the latest such year that is at most 50 years ahead (RFC 9110 §5.6.7). */
function fullYear(year: string, nowMs: number): number {
  if (year.length === 4) return Number(year);
  const latest = new Date(nowMs).getUTCFullYear() + 50;
  return latest - ((latest - Number(year)) % 100);
}
