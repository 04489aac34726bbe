import { parseArgs } from 'node:util';

const help = `Sends updates to the compiled app, with faults, and checks what it promises: answers, counts, memory, sockets.

  npm run verify:soak -- [--requests 100000] [--seed 1] [--faults 20] [--concurrency 32]

  --requests     how many updates are sent
  --seed         start of the random numbers behind values and faults
  --faults       percentage of updates that meet a fault
  --concurrency  how many updates are under way at the same time

Ends with 0 when all is well, with 1 and the reasons when not, with 2 when a flag is wrong.
`;

export interface Flags {
  readonly requests: number;
  readonly seed: number;
  /** 0 to 1. */
  readonly faultShare: number;
  readonly concurrency: number;
}

/** Reads the command line, or ends the process: after the help, or with one line about the mistake and exit code 2. */
export function readFlags(): Flags {
  try {
    const { values } = parseArgs({
      options: {
        requests: { type: 'string', default: '100000' },
        seed: { type: 'string', default: '1' },
        faults: { type: 'string', default: '20' },
        concurrency: { type: 'string', default: '32' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return {
      requests: wholeNumber('--requests', values.requests, 100, 100_000_000),
      seed: wholeNumber('--seed', values.seed, 1, 2 ** 31 - 2),
      faultShare: wholeNumber('--faults', values.faults, 0, 100) / 100,
      concurrency: wholeNumber('--concurrency', values.concurrency, 1, 1000),
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message.split('\n')[0] : ''} See --help.\n`);
    process.exit(2);
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`${name} takes a whole number from ${least} to ${most}.`);
}
