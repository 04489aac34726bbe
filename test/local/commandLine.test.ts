import { expect, test } from '@jest/globals';
import { run } from '../support/tools.js';

test.each([
  'bench/main',
  'clients/bulk/main',
  'local/host/main',
  'local/start',
  'local/token',
  'tools/connector/check',
  'tools/doctor/main',
  'tools/drift/main',
  'tools/generate',
  'tools/infra/check',
  'tools/package',
  'tools/soak/main',
])('%s tells how it is used, and refuses an unknown flag in one line', async (name) => {
  const command = (flag: string) => run([process.execPath, `dist/${name}.js`, flag]);
  const [help, wrong] = await Promise.all([command('--help'), command('--nonsense')]);
  expect(help).toEqual({ code: 0, out: expect.stringMatching(/\n$/), err: '' });
  expect(wrong).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(/^Unknown option '--nonsense'\. See \S[^\n]* --help\.\n$/),
  });
});
