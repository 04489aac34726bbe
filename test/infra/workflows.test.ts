import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { notTested } from '../support/notTested.js';

jest.setTimeout(120_000);

const workflowFolder = join('.github', 'workflows');
const workflows = readdirSync(workflowFolder).map((name) => ({
  name,
  text: readFileSync(join(workflowFolder, name), 'utf8'),
}));
const scriptFolder = join('infra', 'scripts');
const scripts = readdirSync(scriptFolder).map((name) => join(scriptFolder, name));

const temporary = mkdtempSync(join(tmpdir(), 'workflows-'));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

function actionlint(cwd: string, ...files: string[]) {
  const program = join(process.cwd(), 'node_modules', '@tktco', 'node-actionlint', 'bin', 'node-actionlint.js');
  const { status, stdout } = spawnSync(process.execPath, [program, ...files], { cwd, encoding: 'utf8' });
  return { status, stdout };
}

describe('workflows', () => {
  test('actionlint finds nothing', () => {
    const { status, stdout } = actionlint('.', `${workflowFolder}/*.yml`);
    expect(stdout).toContain(`Checking ${workflows.length} workflow file(s)`);
    expect({ status, stdout }).toMatchObject({ status: 0 });
  });

  test('actionlint would find a mistake', () => {
    copyFileSync(join(workflowFolder, 'ci.yml'), join(temporary, 'bad.yml'));
    writeFileSync(
      join(temporary, 'bad.yml'),
      readFileSync(join(temporary, 'bad.yml'), 'utf8').replace('runs-on', 'runs_on'),
    );
    expect(actionlint(temporary, 'bad.yml')).toMatchObject({ status: 1, stdout: expect.stringContaining('runs-on') });
  });

  test.each(workflows)('$name takes actions by their commit, and says which version that is', ({ text }) => {
    const used = [...text.matchAll(/uses: (.+)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !name.startsWith('./'));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !/^[\w-]+(\/[\w-]+)+@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(name))).toEqual([]);
  });

  /** What a workflow may write; none by default. */
  const mayWrite: Readonly<Record<string, readonly string[]>> = {
    'codeql.yml': ['security-events'],
    'deploy.yml': ['id-token'],
    'release.yml': ['attestations', 'contents', 'id-token'],
  };

  test.each(workflows)('$name uses no secret and may write only what it must', ({ name, text }) => {
    expect(text).not.toMatch(/secrets\.|secrets: inherit/);
    expect(text).toMatch(/^permissions:( \{\}|\n {2}contents: read\n)/m);
    const granted = [...text.matchAll(/^ +([\w-]+): write$/gm)].map(([, permission = '']) => permission);
    expect([...new Set(granted)].sort()).toEqual(mayWrite[name] ?? []);
    const checkouts = [...text.matchAll(/actions\/checkout@/g)].length;
    expect([...text.matchAll(/persist-credentials: false/g)]).toHaveLength(checkouts);
  });
});

describe('the deployment', () => {
  const text = readFileSync(join(workflowFolder, 'deploy.yml'), 'utf8');

  test('shows what would change where a reviewer looks', () => {
    expect(text).toContain('infra/scripts/what-if.sh | tee -a "$GITHUB_STEP_SUMMARY"');
  });

  test('a pipe fails with its first command', () => {
    const steps = workflows.flatMap(({ text }) => text.split(/^ {6}- /m));
    const piped = steps.filter((step) => /^ +run: .* \| tee /m.test(step));
    expect(piped.length).toBeGreaterThan(1);
    expect(piped.filter((step) => !step.includes('shell: bash'))).toEqual([]);
  });

  test('takes every variable of its environment, so that none is forgotten', () => {
    expect([...text.matchAll(/VARIABLES: \$\{\{ toJSON\(vars\) \}\}/g)]).toHaveLength(2);
  });
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!hasShellcheck) notTested('the shell scripts', 'there is no shellcheck');
const withShellcheck = hasShellcheck ? test : test.skip;

describe('scripts', () => {
  withShellcheck('shellcheck finds nothing', () => {
    const { status, stdout } = spawnSync('shellcheck', [...scripts, join('.ci', 'run')], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test.each(scripts)('%s can be run, and tells how', (script) => {
    expect(() => {
      accessSync(script, constants.X_OK);
    }).not.toThrow();
    const { status, stdout, stderr } = spawnSync(script, ['--help'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});

describe('azure.yaml', () => {
  const text = readFileSync('azure.yaml', 'utf8');
  const { scripts: commands } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

  test('deploys the package as it is', () => {
    expect(text).toMatch(/^ {4}dist: \.local\/package$/m);
    expect(text).toMatch(/^ {4}remoteBuild: false$/m);
    // With a file of that name, azd would leave out of the package what it lists.
    expect(readdirSync('.')).not.toContain('.funcignore');
  });

  test('names the version of azd that it needs, as the documents do', () => {
    const [, version = ''] = /^requiredVersions:\n {2}azd: '>= (\d+\.\d+)\.\d+'$/m.exec(text) ?? [];
    expect(version).not.toBe('');
    expect(readFileSync('docs/DEPLOY.md', 'utf8')).toContain(`from ${version}`);
  });

  test('runs only what there is', () => {
    const runs = [...text.matchAll(/^ +run: (.+)$/gm)].map(([, run = '']) => run);
    expect(runs).toHaveLength(5);
    const known = (run: string) =>
      run.startsWith('npm run ') ? run.slice('npm run '.length) in commands : scripts.includes(run);
    expect(runs.filter((run) => !known(run))).toEqual([]);
  });
});
