import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { notTested } from './notTested.js';

/** Where `.ci/run` puts tools of .NET, so that they belong to this clone alone. */
const toolFolder = resolve('.local/tools');

/** The path on which tests find tools: those of this clone first. */
export const toolPath = [toolFolder, process.env.PATH ?? ''].join(delimiter);

const environment = { ...process.env, PATH: toolPath, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  /** Beside what this process has, unless `bare` says that there is nothing else. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly bare?: true;
  readonly cwd?: string;
}

/** Runs a program to its end, without standing in the way of servers in this process. */
export async function run(
  command: readonly [string, ...string[]],
  { env = {}, bare, cwd }: RunOptions = {},
): Promise<Ended> {
  const [program, ...given] = command;
  const child = spawn(program, given, {
    env: bare ? env : { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  const ended = new Promise<number | null>((done, failed) => {
    child.on('error', failed).on('close', done);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

/** Whether this machine has what a test needs; the summary says when not, and what was not tested. */
export function atHand(what: string, command: readonly [string, ...string[]], files: readonly string[] = []): boolean {
  const [program, ...given] = command;
  const missing = files.some((file) => !existsSync(file));
  if (!missing && spawnSync(program, given, { env: environment }).status === 0) return true;
  notTested(what, `it takes ${command.join(' ')}${missing ? ` with ${files.join(', ')}` : ''}`);
  return false;
}
