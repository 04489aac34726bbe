import { readCommandLine, wholeNumber } from '../../local/commandLine.js';

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

/** @throws Stop for a mistake */
export const readFlags = (): Flags =>
  readCommandLine({
    command: 'npm run verify:soak --',
    help,
    options: {
      requests: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string', default: '20' },
      concurrency: { type: 'string', default: '32' },
    },
    read: ({ requests, seed, faults, concurrency }) => ({
      requests: wholeNumber('--requests', requests, 100, 100_000_000),
      seed: wholeNumber('--seed', seed, 1, 2 ** 31 - 2),
      faultShare: wholeNumber('--faults', faults, 0, 100) / 100,
      concurrency: wholeNumber('--concurrency', concurrency, 1, 1000),
    }),
  });
