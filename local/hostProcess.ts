import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Stop } from './commandLine.js';
import type { ServedCall } from './host/report.js';

export interface HostOptions {
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Where a debugger can attach; without one, nowhere. */
  readonly inspectPort?: number | undefined;
  /** More of the embedded host's flags. */
  readonly flags?: readonly string[];
}

/** The functions host in a process of its own; its output is this terminal's. */
export interface HostProcess {
  /** Told of each call that it has answered; not under the Core Tools. */
  readonly onCall: (told: (call: ServedCall) => void) => void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Whether it serves the API; false when it ended before. */
  readonly serves: () => Promise<boolean>;
  /** Begins its end in order; the second time it ends at once. */
  readonly stop: () => void;
}

/** Starts the host that FUNCTIONS_HOST names. @throws Stop when that cannot be */
export function startHost(options: HostOptions): HostProcess {
  const child = spawnHost(options);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  let stopping = false;
  let servesSince = Infinity;
  return {
    onCall: (told) => {
      child.on('message', ({ call }: { call: ServedCall }) => {
        // The looks below are not the user's.
        if (call.startedAt >= servesSince) told(call);
      });
    },
    ended,
    serves: async () => {
      while (!hasEnded()) {
        const answer = await fetch(`http://127.0.0.1:${options.port}/api/health/live`).catch(() => undefined);
        if (answer?.ok) {
          servesSince = Date.now();
          return true;
        }
        await wait(50);
      }
      return false;
    },
    stop: () => {
      child.kill(stopping ? 'SIGKILL' : 'SIGTERM');
      stopping = true;
    },
  };
}

function spawnHost({ port, environment: env, inspectPort, flags = [] }: HostOptions): ChildProcess {
  // A group of its own: Ctrl-C reaches the parent alone, which then ends the host in order.
  const options: SpawnOptions = {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
  };
  const chosen = process.env.FUNCTIONS_HOST ?? 'embedded';
  if (chosen === 'embedded') {
    const inspect = inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`];
    const main = [join(__dirname, 'host', 'main.js'), '--port', String(port), ...flags];
    const program = ['--enable-source-maps', ...inspect, ...main];
    return spawn(process.execPath, program, { ...options, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }
  if (chosen !== 'func') throw new Stop('FUNCTIONS_HOST is "embedded" or "func".');
  if (spawnSync('func', ['--version']).status !== 0)
    throw new Stop('Core Tools are missing. Install them with: npm install --global azure-functions-core-tools@4');
  const inspect = inspectPort === undefined ? [] : ['--language-worker', '--', `--inspect=${inspectPort}`];
  return spawn('func', ['start', '--port', String(port), ...inspect], options);
}
