import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { portsFrom } from '../../local/ports.js';
import { useJobSystem } from '../support/useSystem.js';
import { atHand, run, toolPath, type Ended } from '../support/tools.js';
import { blocksOf, documents, type Block } from './blocks.js';
import { directory, placeholders } from './world.js';

// What the documents tell people to type is typed, in the order of each document: in a real shell, against the local system, with stand-ins
// for what cannot run here. A JSON block behind commands is what they print.

jest.setTimeout(180_000);

const programs = ['npm', 'npx', 'git', 'az', 'azd', 'func', 'pac', 'paconn'];
const folder = mkdtempSync(join(tmpdir(), 'stand-ins-'));
const state = join(folder, 'directory.json');
const environments = join(folder, 'environments.json');

const system = useJobSystem();
beforeAll(() => {
  for (const program of programs) {
    const path = join(folder, program);
    writeFileSync(
      path,
      `#!/bin/sh\nexec '${process.execPath}' '${resolve('test/docs/stand-ins/stand-in.cjs')}' ${program} "$@"\n`,
    );
    chmodSync(path, 0o755);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The text of a block as somebody types it who has read it: with values in place of what stands in angle brackets. */
function typed({ text, at }: Block): string {
  const filled = text.replaceAll(/<[a-z][^<>\n]*>/gi, (name) => {
    const value = placeholders[name];
    if (value === undefined) throw new Error(`${at}: nobody knows what to put for ${name}: see test/docs/world.ts.`);
    return value;
  });
  return filled.replaceAll('http://127.0.0.1:7071', system.first.baseUrl);
}

const boundary = '@@ block';

/** Runs all blocks of one language of a document as one session; gives what each printed. */
async function session(document: string, language: 'sh' | 'powershell'): Promise<Map<string, string>> {
  const blocks = blocksOf(document).filter((block) => block.language === language);
  const script = blocks
    .map((block) => `echo '${boundary} ${block.at}'\ncd '${resolve('.')}'\n${typed(block)}`)
    .join('\n');
  writeFileSync(state, JSON.stringify(directory));
  rmSync(environments, { force: true });
  const env = {
    PATH: [folder, dirname(process.execPath), toolPath].join(delimiter),
    AZ_STATE: state,
    AZD_STATE: environments,
    SYSTEM_URL: system.first.baseUrl,
    GRAPH_URL: system.emulator.graphUrl,
    // What `npm start` is given; the emulated Entra ID is found from it.
    START_PORT: String(Number(new URL(system.emulator.identityUrl).port) - (portsFrom(0).identity - portsFrom(0).api)),
    ENTRA_WAIT_SECONDS: '0',
  };
  const shells = {
    sh: ['bash', '-euo', 'pipefail', '-c', script],
    powershell: ['pwsh', '-NoProfile', '-Command', `$ErrorActionPreference = 'Stop'\n${script}`],
  } as const;
  const ended: Ended = await run(shells[language], { env });
  const printed = ended.out.split(`${boundary} `).slice(1);
  if (ended.code !== 0) throw new Error(`${printed.at(-1) ?? document}\n${ended.err}`);
  return new Map(printed.map((one) => [one.slice(0, one.indexOf('\n')), one.slice(one.indexOf('\n') + 1)]));
}

/** An answer without what differs each time. */
function comparable(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  return typeof value === 'object' && value !== null && 'instance' in value ? { ...value, instance: '' } : value;
}

const having = (language: string) =>
  documents.filter((name) => blocksOf(name).some((block) => block.language === language));

test.each(having('sh'))('the commands of %s', async (document) => {
  const printed = await session(document, 'sh');
  blocksOf(document).forEach((block, index, all) => {
    if (block.language !== 'json') return;
    const before = all[index - 1];
    const told = before?.language === 'sh' ? printed.get(before.at) : undefined;
    if (told === undefined) throw new Error(`${block.at}: this JSON follows no command, so nothing compares it.`);
    expect(comparable(told)).toEqual(comparable(block.text));
  });
});

const powershell = atHand('what documents say for PowerShell', ['pwsh', '-NoProfile', '-Command', '1']);
(powershell ? describe : describe.skip)('PowerShell', () => {
  test.each(having('powershell').filter((name) => name !== 'docs/CALLERS.md'))(
    'the commands of %s',
    async (document) => {
      const printed = await session(document, 'powershell');
      expect(printed.size).toBeGreaterThan(0);
    },
  );
});
