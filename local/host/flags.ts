import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { StopLimits } from './stop.js';

const help = `Serves a compiled Azure Functions app on this machine, without the Core Tools.

  node dist/local/host/main.js [--port 7071] [--root .]

  --port                  where to listen on 127.0.0.1; 0 takes a free port
  --root                  the app's folder, with package.json and host.json
  --answers-limit-ms      at the end: how long running calls are answered before they are reset; 30000 by default
  --invocations-limit-ms  at the end: how long what runs is waited for, in all; 41000 by default
  --shutdown-limit-ms     at the end: how long the app's appTerminate hooks may take; 5000 by default
`;

export interface Flags {
  readonly port: number;
  readonly root: string;
  readonly limits: StopLimits;
}

/** Reads the command line, or ends the process: after the help, or with one line about the mistake and exit code 2. */
export function readFlags(): Flags {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '7071' },
        root: { type: 'string', default: '.' },
        'answers-limit-ms': { type: 'string', default: '30000' },
        'invocations-limit-ms': { type: 'string', default: '41000' },
        'shutdown-limit-ms': { type: 'string', default: '5000' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return {
      port: wholeNumber('--port', values.port, 65_535),
      root: resolve(values.root),
      limits: {
        answersMs: wholeNumber('--answers-limit-ms', values['answers-limit-ms'], 3_600_000),
        invocationsMs: wholeNumber('--invocations-limit-ms', values['invocations-limit-ms'], 3_600_000),
        hooksMs: wholeNumber('--shutdown-limit-ms', values['shutdown-limit-ms'], 3_600_000),
      },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${why.replace(/\s+/g, ' ')} See --help.\n`);
    process.exit(2);
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  throw new Error(`${name} must be a whole number from 0 to ${most}.`);
}
