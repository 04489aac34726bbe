import { runCommand } from '../../local/commandLine.js';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmulator } from '../../local/emulator/emulator.js';
import { openCounts, recordLimit } from './counts.js';
import { openDrive } from './drive.js';
import { readFlags, type Flags } from './flags.js';
import { startHost, type Host } from './host.js';
import { plan } from './plan.js';
import { complaints, tables, type Moment, type Soak } from './report.js';
import { settled } from './settled.js';

/** Updates between two readings of the emulator's records: even if each made a dozen requests, none would be forgotten. */
const countedAfter = 1000;

/** How long sockets may take to close once nothing is under way. */
const restMs = 10_000;

/** Sends everything in four quarters, the first with a warm-up, and measures the host at rest between them. */
async function soak({ requests, seed, faultShare, concurrency }: Flags): Promise<Soak> {
  const emulator = await startEmulator({ recordLimit, tokenLifetimeSeconds: 20 });
  const host = await startHost(emulator);
  const counts = openCounts(emulator);
  const drive = openDrive(emulator, host.baseUrl, concurrency, plan(seed, faultShare));
  if (faultShare > 0) emulator.arm({ fault: 'F30-500', rate: faultShare, seed });

  const idle = await host.measure();
  // For each update at once: the caller's connection, both ends of the one inside the host, and the one to Graph.
  const mostSockets = (idle.sockets ?? 0) + 4 * concurrency;
  const moments: Moment[] = [{ name: 'start', ...idle }];
  const startMs = performance.now();
  let restedMs = 0;
  const stopProgress = showProgress(requests, () => drive.results.done);

  for (const [name, share] of [
    ['warm', 0.05],
    ['25 %', 0.25],
    ['50 %', 0.5],
    ['75 %', 0.75],
    ['end', 1],
  ] as const) {
    const upTo = Math.round(requests * share);
    while (drive.results.done < upTo) {
      await Promise.race([drive.send(Math.min(countedAfter, upTo - drive.results.done)), host.lost]);
      counts.read();
    }
    const restStartMs = performance.now();
    moments.push({ name, ...(await atRest(host, mostSockets)) });
    restedMs += performance.now() - restStartMs;
  }

  stopProgress();
  const seconds = (performance.now() - startMs - restedMs) / 1000;
  await settled(emulator.graphUrl);
  counts.read();
  const left = emulator.armed().map(({ times }) => (typeof times === 'number' ? times : 0));
  const { results } = drive;
  await drive.close();
  const code = await host.stop();
  if (code !== 0) results.broken.push(`The host ended with ${code}.`);
  await emulator.close();
  const stillArmed = left.reduce((sum, times) => sum + times, 0);
  return { requests, seconds, results, upstream: counts.upstream, stillArmed, moments, mostSockets };
}

async function atRest(host: Host, mostSockets: number) {
  const untilMs = performance.now() + restMs;
  for (;;) {
    const measure = await host.measure();
    if ((measure.sockets ?? 0) <= mostSockets || performance.now() > untilMs) return measure;
    await pause(500);
  }
}

/** One line that is written over once a second; nothing where nobody looks. */
function showProgress(requests: number, done: () => number): () => void {
  const out = process.stdout;
  if (!out.isTTY) return () => undefined;
  const timer = setInterval(() => {
    out.write(`\r${done()} of ${requests} updates`);
  }, 1000);
  return () => {
    clearInterval(timer);
    out.write('\r\u001b[K');
  };
}

async function main(): Promise<void> {
  const flags = readFlags();
  process.stdout.write(
    `${flags.requests} updates, ${flags.faultShare * 100} % with a fault, ${flags.concurrency} at once, seed ${flags.seed}\n\n`,
  );
  const seen = await soak(flags);
  process.stdout.write(`${tables(seen)}\n\n`);
  const wrong = complaints(seen);
  process.stdout.write(
    wrong.length === 0 ? 'All promises held.\n' : `${wrong.map((one) => `FAILED: ${one}`).join('\n')}\n`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
runCommand(main);
