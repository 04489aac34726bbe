import { readFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCommandLine, runCommand } from '../../local/commandLine.js';
import { bicep, findCompiler, restoreCompiler } from './compiler.js';
import {
  copyTemplates,
  deployments,
  environment,
  filesOf,
  graphDeployments,
  parameterFiles,
  somewhere,
} from './templates.js';

const help = `Checks the Bicep files: formats, lints, builds, and compares what would be deployed with the committed snapshots.

  npm run infra:check
  npm run infra:renew   writes the snapshots anew: look at what changed before you commit it

The compiler is taken from .local/bicep, the PATH or the Azure CLI, or else restored from NuGet with the .NET SDK.
`;

const copy = join('.local', 'infra-check');

/** One thing to run; what it has to say when something is wrong. */
type Task = () => Promise<string>;

const readFlags = () =>
  readCommandLine({
    command: 'npm run infra:check --',
    help,
    options: { renew: { type: 'boolean', default: false } },
    read: (flags) => flags,
  });

async function main(): Promise<number> {
  const flags = readFlags();
  const compiler = findCompiler() ?? restoreCompiler();
  const withGraph = await copyTemplates(compiler, copy);
  if (flags.renew) return renew(compiler);

  const run = (...command: string[]) => bicep(compiler, command, copy, environment);
  const clean =
    (...command: string[]) =>
    async () => {
      const { status, err } = await run(...command);
      return status === 0 && err === '' ? '' : `${command.join(' ')}\n${err}`;
    };
  const formatted = (file: string) => async () => {
    const { out, err } = await run('format', file, '--stdout');
    return err === '' && out.trimEnd() === readFileSync(join(copy, file), 'utf8').trimEnd()
      ? ''
      : `format ${file}\n${err}`;
  };
  const compiled = withGraph ? [...deployments, ...graphDeployments] : deployments;
  const tasks: Task[] = [
    ...filesOf(copy).map(formatted),
    ...[...compiled, ...parameterFiles].map((file) => clean('lint', file)),
    ...compiled.map((file) => clean('build', file, '--outfile', `${file}.json`)),
    ...parameterFiles.map((file) => clean('build-params', file, '--outfile', `${file}.json`)),
    ...parameterFiles.map((file) => clean('snapshot', file, '--mode', 'validate', ...somewhere)),
  ];
  const wrong = (await inTurn(tasks)).filter((said) => said !== '');
  for (const said of wrong) process.stderr.write(`${said}\n`);
  process.stdout.write(`Bicep: ${tasks.length} checks, ${wrong.length} failed.\n`);
  return wrong.length === 0 ? 0 : 1;
}

async function renew(compiler: string): Promise<number> {
  for (const file of parameterFiles) {
    const { status, err } = await bicep(
      compiler,
      ['snapshot', file, '--mode', 'overwrite', ...somewhere],
      copy,
      environment,
    );
    if (status !== 0) {
      process.stderr.write(`${file}\n${err}`);
      return 1;
    }
    const snapshot = file.replace('.bicepparam', '.snapshot.json');
    copyFileSync(join(copy, snapshot), join('infra', snapshot));
  }
  return 0;
}

/** Two at a time: each is a process of its own that needs a core. */
async function inTurn(tasks: readonly Task[]): Promise<string[]> {
  const said: string[] = [];
  const waiting = [...tasks.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) said[next[0]] = await next[1]();
  };
  await Promise.all([work(), work()]);
  return said;
}

runCommand(async () => {
  process.exitCode = await main();
});
