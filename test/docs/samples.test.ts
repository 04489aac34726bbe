import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { problems } from '../../src/problem.js';
import { startSystem, type System } from '../support/system.js';
import { atHand, run } from '../support/tools.js';

// Every sample of docs/CALLERS.md does the same, so one script of the world holds them all; they run side by side, each on a model of its own.

jest.setTimeout(180_000);

const jackson = ['core', 'databind', 'annotations'].map((part) => `/usr/share/java/jackson-${part}.jar`);
const sample = (name: string) => resolve('docs/samples', name);

const languages = [
  { name: 'TypeScript', command: [process.execPath, sample('update.ts')], needs: [process.execPath, '--version'] },
  {
    name: 'Python',
    command: ['python3', sample('update.py')],
    needs: ['python3', '-c', 'from pydantic import RootModel'],
  },
  {
    name: 'C#',
    command: ['dotnet', 'run', sample('Update.cs')],
    needs: ['sh', '-c', 'dotnet --version | grep -E "^[1-9][0-9]"'],
  },
  {
    name: 'Java',
    command: ['java', '-cp', jackson.join(':'), sample('Update.java')],
    needs: ['javac', '--version'],
    files: jackson,
  },
  {
    name: 'PowerShell',
    command: ['pwsh', '-NoProfile', sample('update.ps1')],
    needs: ['pwsh', '-NoProfile', '-Command', '1'],
  },
] as const satisfies readonly Language[];

interface Language {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Ends with 0 where the sample can run. */
  readonly needs: readonly [string, ...string[]];
  readonly files?: readonly string[];
}

const description = (code: keyof typeof problems) => `${problems[code].title}. ${problems[code].description}`;

/** What one sample does in the three worlds that a caller has to live with. */
async function play({ command }: Language, id: string, { emulator, baseUrl }: System) {
  const update = async (token = emulator.issue()) => {
    const ended = await run([...command, id], { env: { API: `${baseUrl}/api`, TOKEN: token } });
    return { code: ended.code, out: ended.out.trim() };
  };
  const sent = () => emulator.requests({ id, method: 'PATCH' }).map(({ body }) => JSON.parse(body) as object);

  emulator.arm({ fault: 'F01', method: 'PATCH', model: id });
  const throttled = { ...(await update()), sent: sent() };
  const refused = { ...(await update('none')), sent: sent() };
  emulator.arm([
    { fault: 'F06', method: 'PATCH', model: id },
    { fault: 'F11-role', method: 'PATCH', model: id },
  ]);
  return { throttled, refused, lost: await update() };
}

const atHandOnes = (languages as readonly Language[]).filter(({ name, needs, files }) =>
  atHand(`the sample in ${name}`, needs, files),
);
const played = new Map<string, Awaited<ReturnType<typeof play>>>();

beforeAll(async () => {
  const system = await startSystem({ MAX_ATTEMPTS: '1' });
  try {
    const ids = system.emulator.models().map(({ id }) => id);
    await Promise.all(
      atHandOnes.map(async (language, index) => {
        played.set(language.name, await play(language, ids[index] ?? '', system));
      }),
    );
  } finally {
    await system.stop();
  }
});

describe.each(languages)('$name', ({ name }) => {
  const here = atHandOnes.some((language) => language.name === name) ? test : test.skip;

  here('waits as told, then updates what was set and nothing else', () => {
    const whole = { windowsScore: 87.5, healthStatus: 'meetingGoals', '@odata.type': expect.anything() };
    expect(played.get(name)?.throttled).toEqual({ code: 0, out: 'applied', sent: [whole, whole] });
  });

  here('sends nothing again that has to be mended first', () => {
    const { throttled, refused } = played.get(name) ?? {};
    expect(refused).toEqual({ code: 0, out: `not-applied: ${description('invalid-token')}`, sent: throttled?.sent });
  });

  here('never says that nothing was applied after an attempt that is unknown', () => {
    expect(played.get(name)?.lost).toEqual({ code: 0, out: `unknown: ${description('graph-permission-missing')}` });
  });
});

// Nobody gives tokens of Entra ID here: that these samples are right in form is what can be told of them.
describe('a token by', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const copy = join(folder, 'Tokens.cs');
  // The other two credentials stand in comments: without them, so that they are compiled as well.
  const ids = 'using Azure.Identity;\n\nvar (tenantId, clientId) = ("", "");';
  const all = readFileSync(sample('Tokens.cs'), 'utf8').replaceAll('// credential =', 'credential =');
  writeFileSync(copy, all.replace('using Azure.Identity;', ids));
  const read = 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read())';

  const checks = [
    {
      name: 'TypeScript',
      needs: [process.execPath, '--version'],
      command: [process.execPath, 'node_modules/typescript/bin/tsc', '--project', 'docs/samples'],
    },
    { name: 'C#', needs: ['dotnet', 'restore', copy], command: ['dotnet', 'build', '--no-restore', copy] },
    { name: 'Python', needs: ['python3', '--version'], command: ['python3', '-c', read, sample('tokens.py')] },
  ] as const;
  for (const { name, needs, command } of checks)
    (atHand(`the token by ${name}`, needs) ? test : test.skip)(name, async () => {
      const { code, out, err } = await run(command);
      expect({ code, said: code === 0 ? '' : `${out}${err}` }).toEqual({ code: 0, said: '' });
    });
});
