import { SingleBar } from 'cli-progress';
import type { Job, Progress } from './job.js';

const lineEveryMs = 10_000;

/** On standard error: a bar in a terminal, elsewhere a line at most every ten seconds. */
export function openProgress(): Progress {
  return process.stderr.isTTY ? openBar() : openLines();
}

const settled = ({ rows }: Job) => rows.total - rows.pending;

function openBar(): Progress {
  const bar = new SingleBar({
    format: '{bar} {value} of {total} rows, {rate} a second, {left} left',
    stream: process.stderr,
  });
  const startedMs = Date.now();
  let first: number | undefined;
  return (job) => {
    if (first === undefined) {
      first = settled(job);
      bar.start(job.rows.total, first, { rate: '–', left: '–' });
    }
    const perSecond = (settled(job) - first) / ((Date.now() - startedMs) / 1000 || 1);
    bar.update(settled(job), { rate: perSecond.toFixed(1), left: leftOf(job) });
    if (job.endedAt !== undefined) bar.stop();
  };
}

function openLines(): Progress {
  let toldMs = -Infinity;
  return (job) => {
    if (Date.now() - toldMs < lineEveryMs && job.endedAt === undefined) return;
    toldMs = Date.now();
    process.stderr.write(`${settled(job)} of ${job.rows.total} rows, ${leftOf(job)} left\n`);
  };
}

function leftOf({ estimatedEndAt, endedAt }: Job): string {
  if (endedAt !== undefined) return 'nothing';
  if (estimatedEndAt === undefined) return 'some time';
  const seconds = Math.round((Date.parse(estimatedEndAt) - Date.now()) / 1000);
  if (seconds < 1) return 'a moment';
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
