import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { atHand, run } from './support/tools.js';

jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'release-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const release = (tag: string, to = folder) => run(['bash', '.ci/release', tag, to]);

test('the list of changes tells of the version that comes', () => {
  expect(readFileSync('CHANGELOG.md', 'utf8')).toMatch(new RegExp(`^## ${version.replaceAll('.', '\\.')}$`, 'm'));
});

test('a tag that is another version’s makes nothing', async () => {
  const to = join(folder, 'none');
  expect(await release('v0.0.1', to)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^The tag is v0\.0\.1, .*\n$/),
  });
  expect(existsSync(to)).toBe(false);
});

const zip = atHand('the files of a release', ['zip', '--version']);
(zip ? test : test.skip)(
  'a release has the package, the contract, its notes, and the checksums of all that is published',
  async () => {
    expect(await release(`v${version}`)).toEqual({ code: 0, out: '', err: '' });
    const names = [
      `model-performance-api-${version}.zip`,
      'model-performance-bulk.cjs',
      'openapi.documented.json',
      'openapi.strict.json',
    ];
    expect(readdirSync(folder).sort()).toEqual(['NOTES.md', 'SHA256SUMS', ...names].sort());
    expect(readFileSync(join(folder, 'NOTES.md'), 'utf8')).toMatch(/^### For callers$/m);
    expect((await run(['sha256sum', '--check', '--quiet', 'SHA256SUMS'], { cwd: folder })).code).toBe(0);
    const { out } = await run(['unzip', '-Z1', names[0] ?? ''], { cwd: folder });
    expect(out.split('\n')).toEqual(expect.arrayContaining(['host.json', 'THIRD-PARTY-NOTICES.txt']));
  },
);
