import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { useSystem } from '../support/useSystem.js';
import { atHand, run } from '../support/tools.js';

// The clients that NSwag and Kiota make of the contract, compiled and used as docs/CALLERS.md says.

jest.setTimeout(300_000);

const there =
  atHand('clients made by NSwag', ['nswag', 'version']) &&
  atHand('clients made by Kiota', ['kiota', '--version']) &&
  atHand('generated clients', ['dotnet', 'package', 'search', 'Microsoft.Kiota.Abstractions', '--exact-match']);

const contract = resolve('contract/openapi.documented.json');
const folder = mkdtempSync(join(tmpdir(), 'clients-'));

/** Runs one step of making the program. @throws Error with all that it said when it fails */
async function must(command: readonly [string, ...string[]]): Promise<void> {
  const { code, out, err } = await run(command, { cwd: folder });
  if (code !== 0) throw new Error(`${command.join(' ')}\n${out}\n${err}`);
}

(there ? describe : describe.skip)('a client in C#', () => {
  const system = useSystem();
  beforeAll(async () => {
    cpSync('test/client/dotnet', folder, { recursive: true });
    const nswag = ['/generateOptionalPropertiesAsNullable:true', '/generateNullableReferenceTypes:true'];
    const names = ['/namespace:FromNSwag', '/className:Client', '/output:NSwagClient.cs'];
    await must(['nswag', 'openapi2csclient', `/input:${contract}`, ...names, ...nswag]);
    const kiota = ['--language', 'CSharp', '--namespace-name', 'FromKiota', '--class-name', 'ModelClient'];
    await must(['kiota', 'generate', '--openapi', contract, '--output', 'kiota', ...kiota, '--log-level', 'Error']);
    await must(['dotnet', 'build', '--output', 'built', '-p:UseAppHost=false', '-warnaserror']);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const use = async (client: string, id: string, token: string) => {
    const { out, err } = await run([
      'dotnet',
      join(folder, 'built/Clients.dll'),
      client,
      `${system.baseUrl}/api`,
      token,
      id,
    ]);
    return { out: out.trim(), err };
  };

  test.each([
    ['nswag', 0, '401'],
    ['kiota', 1, '401'],
  ])('by %s sends what was set and nothing else, and reads answers and problems', async (client, index, refused) => {
    const { id = '', model } = system.emulator.models()[index] ?? {};
    expect(await use(client, id, system.emulator.issue())).toEqual({ out: `${model}: 87.5`, err: '' });
    const bodies = system.emulator.requests({ id, method: 'PATCH' }).map(({ body }) => JSON.parse(body) as object);
    expect(bodies).toEqual([{ windowsScore: 87.5, '@odata.type': expect.anything() }]);
    expect(await use(client, id, 'none')).toEqual({ out: refused, err: '' });
  });
});
