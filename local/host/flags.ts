import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const help = `Serves a compiled Azure Functions app on this machine, without the Core Tools.

  node dist/local/host/main.js [--port 7071] [--root .] [--shutdown-limit-ms 5000]

  --port               where to listen on 127.0.0.1; 0 takes a free port
  --root               the app's folder, with package.json and host.json
  --shutdown-limit-ms  how long the app's appTerminate hooks may take
`;

export interface Flags {
  readonly port: number;
  readonly root: string;
  readonly shutdownLimitMs: number;
}

/** Reads the command line, or ends the process: after the help, or with one line about the mistake and exit code 2. */
export function readFlags(): Flags {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '7071' },
        root: { type: 'string', default: '.' },
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
      shutdownLimitMs: wholeNumber('--shutdown-limit-ms', values['shutdown-limit-ms'], 3_600_000),
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
