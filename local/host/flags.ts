import { resolve } from 'node:path';
import { readCommandLine, wholeNumber } from '../commandLine.js';
import type { QueueOverrides } from './queueSettings.js';
import type { StopLimits } from './stop.js';

const help = `Serves a compiled Azure Functions app on this machine, without the Core Tools.

  node dist/local/host/main.js [--port 7071] [--root .] [--list]

  --port                  where to listen on 127.0.0.1; 0 takes a free port
  --root                  the app's folder, with package.json and host.json
  --list                  name each function at the start, with its methods and address
  --answers-limit-ms      at the end: how long running calls are answered before they are reset; 30000 by default
  --invocations-limit-ms  at the end: how long what runs is waited for, in all; 41000 by default
  --shutdown-limit-ms     at the end: how long the app's appTerminate hooks may take; 5000 by default

For queue triggers, instead of what the real host or host.json says:

  --queue-lock-seconds   how long a message is locked; it is renewed at half of it (600)
  --queue-retry-seconds  when a message comes again after a failure (visibilityTimeout)
  --queue-poll-ms        the longest wait between two looks at an empty queue (maxPollingInterval)
  --queue-stop-ms        how long what runs has after the signal to stop (10000)
  --queue-timeout-ms     how long a function may run (functionTimeout)
`;

export interface Flags {
  readonly port: number;
  readonly root: string;
  readonly list: boolean;
  readonly limits: StopLimits;
  readonly queues: QueueOverrides;
}

const longestMs = 3_600_000;

/** Each flag that overrides a setting of queue triggers. */
const queueFlags = {
  'queue-lock-seconds': 'lockSeconds',
  'queue-retry-seconds': 'retrySeconds',
  'queue-poll-ms': 'maxPollingIntervalMs',
  'queue-stop-ms': 'stopLimitMs',
  'queue-timeout-ms': 'functionTimeoutMs',
} as const satisfies Record<string, keyof QueueOverrides>;

/** @throws Stop for a mistake */
export const readFlags = (): Flags =>
  readCommandLine({
    command: 'node dist/local/host/main.js',
    help,
    options: {
      port: { type: 'string', default: '7071' },
      root: { type: 'string', default: '.' },
      list: { type: 'boolean', default: false },
      'answers-limit-ms': { type: 'string', default: '30000' },
      'invocations-limit-ms': { type: 'string', default: '41000' },
      'shutdown-limit-ms': { type: 'string', default: '5000' },
      ...(Object.fromEntries(Object.keys(queueFlags).map((flag) => [flag, { type: 'string' }])) as Record<
        keyof typeof queueFlags,
        { type: 'string' }
      >),
    },
    read: (values) => ({
      port: wholeNumber('--port', values.port, 0, 65_535),
      list: values.list,
      root: resolve(values.root),
      limits: {
        answersMs: wholeNumber('--answers-limit-ms', values['answers-limit-ms'], 0, longestMs),
        invocationsMs: wholeNumber('--invocations-limit-ms', values['invocations-limit-ms'], 0, longestMs),
        hooksMs: wholeNumber('--shutdown-limit-ms', values['shutdown-limit-ms'], 0, longestMs),
      },
      queues: queueOverrides(values),
    }),
  });

function queueOverrides(values: Readonly<Record<string, unknown>>): QueueOverrides {
  const given = Object.entries(queueFlags).filter(([flag]) => typeof values[flag] === 'string');
  return Object.fromEntries(
    given.map(([flag, name]) => [name, wholeNumber(`--${flag}`, String(values[flag]), 0, longestMs)]),
  );
}
