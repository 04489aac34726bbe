import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ask } from '../local/host/ask.js';
import type { Usage } from './probe.js';

/** A measured process that listens. */
export interface Child {
  readonly url: string;
  readonly usage: () => Promise<Usage>;
  readonly kill: () => void;
}

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

const address = /listening on (?<url>http:\/\/127\.0\.0\.1:\d+)\n/;

/**
 * Starts a program that tells where it listens, with the probe inside.
 * @throws Error with what it said, when it ends before
 */
export async function startChild(
  program: readonly string[],
  environment: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Child> {
  const child = spawn(process.execPath, [...flags, '--require', join(__dirname, 'probe.js'), ...program], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.add(child);
  let said = '';
  const hear = (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-10_000));
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const lost = once(child, 'exit').then(([code]) => {
    children.delete(child);
    throw new Error(`${program.join(' ')} ended with ${String(code)}.\n${said}`);
  });
  lost.catch(() => undefined);
  while (!address.test(said)) await Promise.race([once(child.stdout ?? child, 'data'), lost]);
  return {
    url: address.exec(said)?.groups?.url ?? '',
    usage: () => Promise.race([ask<Usage>(child, 'usage'), lost]),
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
