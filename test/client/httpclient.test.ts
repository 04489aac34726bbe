import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { startSystem } from '../support/system.js';

// The commonest caller: .NET's own HttpClient, which sends its bodies in chunks and every member of a class.

const sdk = spawnSync('dotnet', ['--version'], { encoding: 'utf8' }).stdout as string | null;
const usable = Number.parseInt(sdk ?? '', 10) >= 10;
if (!usable) process.stdout.write('Skipped: the .NET SDK 10 is missing, so that no real HttpClient is tried.\n');

const folder = mkdtempSync(join(tmpdir(), 'dotnet-caller-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = promisify(execFile);
const quiet = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_CLI_HOME: folder };

(usable ? test : test.skip)(
  'a null that was never meant clears nothing, and one that is meant does',
  async () => {
    cpSync('test/client/httpclient', folder, { recursive: true });
    const env = { ...process.env, ...quiet };
    await run('dotnet', ['build', '--nologo', '--verbosity', 'quiet', '--output', 'out', '-p:NuGetAudit=false'], {
      cwd: folder,
      env,
    });
    const { emulator, baseUrl, stop } = await startSystem();
    const [first] = emulator.models();
    const { id, model } = first ?? { id: '', model: '' };
    const address = `${baseUrl}/api/v1/model-performance/${id}`;
    const { stdout } = await run('dotnet', [join(folder, 'out', 'caller.dll'), address, emulator.issue()], { env });
    await stop();

    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      { what: 'every member', status: 400, code: 'null-not-confirmed', model: null, windowsScore: null },
      { what: 'nulls left out', status: 200, code: null, model, windowsScore: 87.5 },
      { what: 'nulls confirmed', status: 200, code: null, model: null, windowsScore: 87.5 },
      { what: 'a merge patch', status: 200, code: null, model: null, windowsScore: 1.5 },
      { what: 'read and sent back', status: 200, code: null, model: null, windowsScore: 2.5 },
    ]);
  },
  180_000,
);
