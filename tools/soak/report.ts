import type { Upstream } from './counts.js';
import type { Results } from './drive.js';
import type { Measure } from './probe.js';

/** What the host held at a named moment, with nothing under way. */
export type Moment = Measure & { readonly name: string };

/** Everything that a soak has seen. */
export interface Soak {
  readonly requests: number;
  readonly seconds: number;
  readonly results: Results;
  readonly upstream: Readonly<Upstream>;
  /** Armed faults that no request has met. */
  readonly stillArmed: number;
  /** Before the first update, after the warm-up, after each quarter. */
  readonly moments: readonly Moment[];
  /** Most sockets that may stay open: those of the idle host, and for each update at once those that are kept for the next. */
  readonly mostSockets: number;
}

/** The share by which the heap may grow between the second quarter and the end. */
const heapGrowthLimit = 0.1;

/** Whatever must not be, in words; empty when all is well. */
export function complaints({ requests, results, upstream, stillArmed, moments, mostSockets }: Soak): string[] {
  const said = [...results.broken];
  const claim = (holds: boolean, otherwise: string) => {
    if (!holds) said.push(otherwise);
  };
  const answers = sum(results.answers.values());
  claim(answers === requests, `${requests} updates were sent and ${answers} were answered.`);
  const applied = results.answers.get('200') ?? 0;
  claim(
    upstream.writes >= applied,
    `${applied} updates are applied, and Graph has seen ${upstream.writes} writes only.`,
  );
  claim(upstream.strays === 0, `${upstream.strays} requests reached addresses that nobody should call.`);
  const struck = results.armed - stillArmed;
  claim(
    upstream.struck === struck,
    `${struck} faults were used up, and Graph counts ${upstream.struck} requests with one.`,
  );

  const [second, end] = [moments.find(({ name }) => name === '50 %'), moments.at(-1)];
  const growth = second && end ? end.heapBytes / second.heapBytes - 1 : 0;
  claim(
    growth <= heapGrowthLimit,
    `The heap grew by ${percent(growth)} in the second half; ${percent(heapGrowthLimit)} is the limit.`,
  );
  claim((end?.sockets ?? 0) <= mostSockets, `${end?.sockets ?? 0} sockets stay open; ${mostSockets} is the limit.`);
  return said;
}

/** The tables, for people and for the README. */
export function tables({ requests, seconds, results, upstream, moments }: Soak): string {
  const latencies = [...results.latenciesMs].sort((a, b) => a - b);
  const quantile = (share: number) => `${Math.round(latencies[Math.floor(latencies.length * share)] ?? 0)} ms`;
  const answers = [...results.answers].sort(([, a], [, b]) => b - a);
  return [
    table('Answers', 'updates', [...answers.map(([kind, count]) => [kind, String(count)]), ['all', String(requests)]]),
    table('Graph and identity', 'requests', [
      ['GET of a model', String(upstream.reads)],
      ['PATCH of a model', String(upstream.writes)],
      ['of these with a fault', String(upstream.struck)],
      ['token of the identity', String(upstream.tokens)],
      ['signing keys', String(upstream.keys)],
    ]),
    table('Speed', '', [
      ['updates per second', String(Math.round(requests / seconds))],
      ['p50', quantile(0.5)],
      ['p95', quantile(0.95)],
      ['p99', quantile(0.99)],
    ]),
    table('Host at rest', 'heap after GC', [
      ...moments.map(({ name, heapBytes, sockets }) => [
        name,
        `${(heapBytes / 2 ** 20).toFixed(1)} MiB`,
        `${sockets ?? 'unknown'} sockets`,
      ]),
    ]),
  ].join('\n\n');
}

function table(title: string, head: string, rows: readonly (readonly string[])[]): string {
  const all = [[title, head], ...rows];
  const width = Math.max(...all.map(([name = '']) => name.length));
  return all
    .map(([name = '', value = '', more = '']) => `${name.padEnd(width)}  ${value.padStart(13)}  ${more}`.trimEnd())
    .join('\n');
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
