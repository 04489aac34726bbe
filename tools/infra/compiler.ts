import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Stop } from '../../local/commandLine.js';
import { readChoices } from './parameters.js';

/** The version that is restored when no compiler is there; the snapshots are made with it. */
const version = '0.47.16';
const folder = resolve('.local', 'bicep');
const windows = process.platform === 'win32';
const program = windows ? 'bicep.exe' : 'bicep';

/** The Bicep compiler that is restored here already, on the PATH, or with the Azure CLI; undefined when there is none. */
export function findCompiler(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, program));
  return [restored(), ...onPath, join(homedir(), '.azure', 'bin', program)].find((path) => existsSync(path));
}

const packageName = `azure.bicep.commandline.${windows ? 'win' : process.platform === 'darwin' ? 'osx' : 'linux'}-${process.arch}`;
const restored = () => join(folder, 'packages', packageName, version, 'tools', program);

/**
 * Brings the compiler from NuGet, with the .NET SDK; neither is needed afterwards.
 * @throws Stop with what to do, when that fails
 */
export function restoreCompiler(): string {
  mkdirSync(folder, { recursive: true });
  const project = join(folder, 'restore.csproj');
  writeFileSync(
    project,
    `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>netstandard2.0</TargetFramework></PropertyGroup><ItemGroup><PackageDownload Include="${packageName}" Version="[${version}]" /></ItemGroup></Project>\n`,
  );
  const { status, error, stdout } = spawnSync('dotnet', ['restore', project, '--packages', join(folder, 'packages')], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    const why = error ? 'the .NET SDK is not there' : stdout.trim();
    throw new Stop(`There is no Bicep compiler, and it cannot be restored: ${why}. Install it: az bicep install.`);
  }
  const path = restored();
  if (!existsSync(path)) throw new Stop(`The package has no ${program}: ${readdirSync(folder).join(', ')}.`);
  // The package does not carry it.
  if (!windows) chmodSync(path, 0o755);
  return path;
}

/** What one run of the compiler said and how it ended. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  /** Diagnostics; any line is a failure. */
  readonly err: string;
}

/** @param environment what parameter files read: nothing of this machine's reaches them, so that everybody gets the same */
export async function bicep(
  compiler: string,
  given: readonly string[],
  cwd = '.',
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const chosen = new Set(readChoices().map(({ variable }) => variable));
  const others = Object.entries(process.env).filter(([name]) => !chosen.has(name));
  const child = spawn(compiler, given, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(others), ...environment },
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
  const [status, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { status, out, err: err.replaceAll(/^WARNING: The .* is an experimental feature.*\n/gm, '') };
}
