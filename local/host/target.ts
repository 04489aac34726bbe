/** A request's target as the real host's web server (Kestrel) hands it on. */
export interface Target {
  /** Decoded, except for an encoded slash, and without dot segments. Routes match on this. */
  readonly path: string;
  /** What the app sees: the path, encoded again with the percent signs that are left in it, and the query, encoded where it has to be. */
  readonly url: string;
  /** Names and values, decoded; a percent-encoding that is not valid UTF-8 stays as it was sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
}

/**
 * Reads a request target in origin form. Percent-encoding is undone where it is valid UTF-8; `%2F` stays as it is; segments `.` and `..`
 * are then removed (RFC 3986 §5.2.4), so `%2e%2e` climbs as `..` does.
 * @returns nothing for what is answered with 400: another form, a raw character that is not printable ASCII, an encoded NUL
 */
export function readTarget(target: string): Target | undefined {
  const question = target.indexOf('?');
  const rawPath = question === -1 ? target : target.slice(0, question);
  const rawQuery = question === -1 ? '' : target.slice(question);
  if (!/^\/[\x21-\x7e]*$/.test(rawPath) || rawPath.includes('%00')) return undefined;
  const path = withoutDotSegments(rawPath.replace(/(?:%[0-9a-f]{2})+/gi, (run) => decodeRun(run, '/')));
  return { path, url: encodePath(path) + encodeQuery(rawQuery), query: readQuery(rawQuery.slice(1)) };
}

function readQuery(query: string): [string, string][] {
  const decode = (text: string) =>
    text.replaceAll('+', ' ').replace(/(?:%[0-9a-f]{2})+/gi, (run) => decodeRun(run, ''));
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decode(name), decode(value.join('='))];
    });
}

/** Decodes a run of `%XX` character by character: one that is not valid, or is among these, stays as it was sent. */
function decodeRun(run: string, keep: string): string {
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    const character = decodeUtf8(bytes.subarray(at, at + length));
    const kept = character === undefined || keep.includes(character);
    const taken = character === undefined ? 1 : length;
    text += kept ? run.slice(at * 3, (at + taken) * 3) : character;
    at += taken;
  }
  return text;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** The text of these bytes, or nothing when they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (index === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}

/** RFC 3986 §3.3: what is not a path character is encoded, and so is each percent sign that is left: `%2F` becomes `%252F`. */
function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/gu, encodeURIComponent);
}

/** RFC 3986 §3.4: what no query can hold is encoded, such as `|`, `{` and a second `#`; encodings stay. */
function encodeQuery(query: string): string {
  return query.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%[\]]/gu, encodeURIComponent);
}
