/** Bodies that are too large to be kept as files. */
export const largeBodies: readonly { name: string; body: string; status: number; code: string }[] = [
  { name: 'one byte over the limit', body: padded(64 * 1024 + 1), status: 413, code: 'body-too-large' },
  { name: 'one mebibyte', body: padded(1024 * 1024), status: 413, code: 'body-too-large' },
  { name: 'five mebibytes', body: padded(5 * 1024 * 1024), status: 413, code: 'body-too-large' },
  { name: 'a text that fills the limit', body: padded(64 * 1024), status: 400, code: 'invalid-body' },
  { name: 'spaces alone', body: ' '.repeat(64 * 1024), status: 400, code: 'invalid-json' },
  { name: 'quotes alone', body: '"'.repeat(64 * 1024), status: 400, code: 'invalid-json' },
  { name: '30 000 arrays in each other', body: nested('[', '1', ']', 30_000), status: 400, code: 'invalid-body' },
  { name: '10 000 objects in each other', body: nested('{"a":', '1', '}', 10_000), status: 400, code: 'invalid-body' },
  { name: 'arrays that never end', body: '['.repeat(64 * 1024), status: 400, code: 'invalid-body' },
  { name: 'arrays that never began', body: ']'.repeat(64 * 1024), status: 400, code: 'invalid-json' },
  {
    name: '8 000 properties',
    body: `{${listed(8000, (n) => `"${n.toString(36)}":0`)}}`,
    status: 400,
    code: 'invalid-body',
  },
  { name: 'a property 5 000 times', body: `{${listed(5000, () => '"a":0')}}`, status: 400, code: 'duplicate-key' },
  { name: 'a name of 60 000', body: `{"${'qzxj'.repeat(15_000)}":0}`, status: 400, code: 'invalid-body' },
  {
    name: 'a long name twice',
    body: `{${listed(2, () => `"${'qzxj'.repeat(7000)}":0`)}}`,
    status: 400,
    code: 'duplicate-key',
  },
  {
    name: 'a number of 60 000 digits',
    body: `{"windowsScore":${'7391'.repeat(15_000)}}`,
    status: 400,
    code: 'invalid-body',
  },
  { name: '10 000 escapes', body: `{"model":"${'\\u0071'.repeat(10_000)}"}`, status: 400, code: 'invalid-body' },
  {
    name: '257 characters outside of the first plane',
    body: `{"model":"${'😀'.repeat(257)}"}`,
    status: 400,
    code: 'invalid-body',
  },
];

function padded(bytes: number): string {
  const [head, tail] = ['{"model":"', '"}'];
  return `${head}${'qzxj'.repeat(bytes / 4).slice(0, bytes - head.length - tail.length)}${tail}`;
}

function nested(open: string, inside: string, close: string, times: number): string {
  return `${open.repeat(times)}${inside}${close.repeat(times)}`;
}

function listed(times: number, one: (n: number) => string): string {
  return Array.from({ length: times }, (_, n) => one(n)).join();
}
