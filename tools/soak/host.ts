import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { Emulator } from '../../local/emulator/emulator.js';
import { ask } from '../../local/host/ask.js';
import type { Measure } from './probe.js';

/** The compiled app in the embedded host, in a process of its own with a probe inside. */
export interface Host {
  readonly baseUrl: string;
  readonly measure: () => Promise<Measure>;
  /** Rejects when the process ends before it is stopped. */
  readonly lost: Promise<never>;
  /** Shuts it down in order, and resolves with its exit code. */
  readonly stop: () => Promise<number | null>;
}

/** Short limits, so that hanging faults cost little; long enough that a busy machine reaches none of them by itself. */
const settings = {
  AUDIT_FROM: 'read',
  DEADLINE_MS: '4000',
  ATTEMPT_TIMEOUT_MS: '1000',
  AUDIT_READ_TIMEOUT_MS: '1000',
  LEAST_ATTEMPT_MS: '50',
  BACKOFF_BASE_MS: '20',
  BACKOFF_CAP_MS: '50',
  READ_BACK_DELAYS_MS: '0,20',
  READ_BACK_LEAST_MS: '100',
  TOKEN_TIMEOUT_MS: '1000',
  TOKEN_REFRESH_AHEAD_MS: '2000',
};

/** Starts it with more settings, if any are given. @throws Error with what the host said, when it does not start */
export async function startHost(emulator: Emulator, environment: Record<string, string> = {}): Promise<Host> {
  const host = join(__dirname, '..', '..', 'local', 'host', 'main.js');
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--require', join(__dirname, 'probe.js'), host, '--port', '0', '--root', resolve('.')],
    {
      env: {
        PATH: process.env.PATH,
        ...emulator.environment,
        ...settings,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  process.on('exit', () => child.kill('SIGKILL'));
  let said = '';
  const hear = (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-10_000));
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const lost = ended.then((code) => Promise.reject(new Error(`The host ended with ${code}.\n${said}`)));
  lost.catch(() => undefined);

  const address = /listening on (?<url>http:\/\/127\.0\.0\.1:\d+)\n/;
  while (!address.test(said)) await Promise.race([once(child.stdout ?? child, 'data'), lost]);
  return {
    baseUrl: address.exec(said)?.groups?.url ?? '',
    measure: () => Promise.race([ask<Measure>(child, 'measure'), lost]),
    lost,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
