import { spawnSync } from 'node:child_process';

/** What a program said, or why it could not. */
export type Said = { readonly out: string } | { readonly why: string; readonly absent: boolean };

/** Runs a program of the operator's machine to its end. On Windows these are batch files, which want a shell. */
export function ask(program: string, given: readonly string[], environment?: Readonly<Record<string, string>>): Said {
  const { error, status, stdout, stderr } = spawnSync(program, given, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    ...(environment && { env: { ...process.env, ...environment } }),
  });
  if (error) return { why: `${program} is not there`, absent: true };
  const [first = ''] = stderr.trim().split('\n');
  return status === 0 ? { out: stdout.trim() } : { why: first, absent: false };
}

/** The values of the azd environment that is chosen in this folder; undefined without azd or without one. */
export function readAzdEnvironment(): Readonly<Record<string, string>> | undefined {
  const said = ask('azd', ['env', 'get-values', '--output', 'json']);
  if (!('out' in said)) return undefined;
  try {
    return JSON.parse(said.out) as Record<string, string>;
  } catch {
    return undefined;
  }
}
