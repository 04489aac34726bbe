import { resolve } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { problems } from '../../src/problem.js';
import { useSystem } from '../support/useSystem.js';
import { atHand, run } from '../support/tools.js';

// The PowerShell module, in a real PowerShell against the local system.

jest.setTimeout(120_000);

const there = atHand('the PowerShell module', ['pwsh', '-NoProfile', '-Command', '1']);

(there ? describe : describe.skip)('the module', () => {
  const system = useSystem({ MAX_ATTEMPTS: '1' });

  const powershell = (script: string) =>
    run(
      [
        'pwsh',
        '-NoProfile',
        '-Command',
        `$ErrorActionPreference = 'Stop'; Import-Module '${resolve('clients/powershell/ModelPerformance.psd1')}'; ${script}`,
      ],
      {
        env: { TOKEN: system.emulator.issue(), API: system.baseUrl, NO_COLOR: '1', COLUMNS: '1000' },
      },
    );
  /** What a script gives, behind a connection. @throws Error with what PowerShell said */
  const given = async (script: string) => {
    const { out, err } = await powershell(
      `Connect-ModelPerformance $env:API; ConvertTo-Json @(${script}) -Depth 5 -Compress`,
    );
    if (err !== '') throw new Error(err);
    return JSON.parse(out) as unknown[];
  };
  const model = (index: number) => {
    const found = system.emulator.models()[index];
    if (found === undefined) throw new Error('There are not so many models.');
    return found;
  };
  const sentTo = (id: string) =>
    system.emulator.requests({ id, method: 'PATCH' }).map(({ body }) => JSON.parse(body) as object);

  test('lists all pages, with filters, and gives one', async () => {
    const all = system.emulator.models();
    expect(await given('Get-ModelPerformance')).toEqual(all);
    const dell = all.filter(({ manufacturer }) => manufacturer === 'Dell Inc.');
    expect(await given("Get-ModelPerformance -Manufacturer 'dell inc.'")).toEqual(dell);
    expect(await given(`'${model(3).id}' | Get-ModelPerformance`)).toEqual([model(3)]);
  });

  test('updates what is given, by parameters and by rows of a CSV, and leaves empty cells as they are', async () => {
    const [one, two] = [model(0), model(1)];
    const csv = `"id,model,windowsScore,modelDeviceCount\`n${two.id},,12.5,7"`;
    expect(
      await given(
        `(Set-ModelPerformance ${one.id} -WindowsScore 87.5), (${csv} | ConvertFrom-Csv | Set-ModelPerformance)`,
      ),
    ).toEqual([
      { ...one, windowsScore: 87.5 },
      { ...two, windowsScore: 12.5, modelDeviceCount: 7 },
    ]);
    expect(sentTo(one.id)).toEqual([{ windowsScore: 87.5, '@odata.type': expect.anything() }]);
  });

  test('shows with -WhatIf what would change, and changes nothing', async () => {
    const { id, windowsScore } = model(2);
    expect(await given(`Set-ModelPerformance ${id} -WindowsScore 1 -WhatIf`)).toEqual([
      { id, property: 'windowsScore', from: windowsScore, to: 1 },
    ]);
    expect(sentTo(id)).toEqual([]);
  });

  test('clears only what -Clear names', async () => {
    const { id } = model(4);
    await given(`Set-ModelPerformance ${id} -Clear manufacturer`);
    expect(sentTo(id)).toEqual([{ manufacturer: null, '@odata.type': expect.anything() }]);
  });

  test('never takes a decimal comma for a separator of thousands', async () => {
    const { id } = model(5);
    const { err } = await powershell(
      `Connect-ModelPerformance $env:API; Set-ModelPerformance ${id} -WindowsScore '87,5'`,
    );
    expect(err).toContain("'87,5' is no number for windowsScore");
    expect(sentTo(id)).toEqual([]);
  });

  test('makes of each problem an error with its outcome, and goes on with the next', async () => {
    const [lost, fine] = [model(6), model(7)];
    system.emulator.arm({ fault: 'F06', method: 'PATCH', model: lost.id, times: 'always' });
    const rows = `"id,windowsScore\`n${lost.id},1\`n${fine.id},1" | ConvertFrom-Csv`;
    const script = `Connect-ModelPerformance $env:API; $done = ${rows} | Set-ModelPerformance -ErrorAction SilentlyContinue -ErrorVariable failed
      ConvertTo-Json -Compress @($done.id, $failed[0].Exception.Message, $failed[0].Exception.Data['outcome'], $failed[0].FullyQualifiedErrorId)`;
    const { title, description } = problems['graph-unavailable'];
    expect(JSON.parse((await powershell(script)).out)).toEqual([
      fine.id,
      `${title}. ${description} (outcome: unknown)`,
      'unknown',
      'graph-unavailable,Set-ModelPerformance',
    ]);
  });

  test('says what is missing when there is no token, or no connection', async () => {
    expect((await powershell("$env:TOKEN = ''; Connect-ModelPerformance $env:API")).err).toContain(
      'There is no token.',
    );
    expect((await powershell('Get-ModelPerformance')).err).toContain('Call Connect-ModelPerformance first.');
  });

  test('refuses rows whose names fit no model, or several, by row', async () => {
    system.emulator.put({ ...model(8), id: 'another-of-the-same-name' });
    const rows = `"model,manufacturer,windowsScore\`n${model(8).model},${model(8).manufacturer},1\`nNone,Nobody,1" | ConvertFrom-Csv`;
    const { err } = await powershell(
      `Connect-ModelPerformance $env:API; ${rows} | Start-ModelPerformanceJob -Match Model,Manufacturer`,
    );
    const told = err.replaceAll(/\s+\|\s+|\s+/g, ' ');
    expect(told).toMatch(/Row 1: 2 models have Model and Manufacturer '.+' and '.+'\. Row 2: 0 models have/);
  });
});
