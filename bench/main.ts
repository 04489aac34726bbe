import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readCommandLine, runCommand, wholeNumber } from '../local/commandLine.js';
import { measureBulk } from './bulk.js';
import { measureCold } from './cold.js';
import { measureList, measureLoad } from './load.js';
import { measureMemory } from './memory.js';
import { parts, readResults, writeResults, type Part, type PartName } from './results.js';
import { packageFolder, startUpstream } from './subjects.js';
import { table } from './table.js';
import type { Upstream } from './upstream.js';

const help = `Measures this product beside what it is built on, in one run and interleaved, and writes bench/results.json.

  npm run bench [-- --only cold,load,list,memory,bulk] [--rounds 9]

  --only    parts to measure, all by default
  --rounds  short rounds, 7 at least for figures that are to be kept; memory and bulk have one
`;

const measures: Record<PartName, (upstream: Upstream, rounds: number) => Promise<Part>> = {
  cold: measureCold,
  load: measureLoad,
  list: measureList,
  memory: measureMemory,
  bulk: measureBulk,
};

/** @throws Stop for a mistake */
const readFlags = () =>
  readCommandLine({
    command: 'npm run bench --',
    help,
    options: {
      only: { type: 'string', default: parts.join(',') },
      rounds: { type: 'string', default: '9' },
    },
    read: (given) => {
      const only = given.only.split(',').map((name) => parts.find((part) => part === name));
      if (!only.every((name) => name !== undefined)) throw new Error(`--only takes some of ${parts.join(', ')}.`);
      return { only, rounds: wholeNumber('--rounds', given.rounds, 1, 99) };
    },
  });

async function main(): Promise<void> {
  const { only, rounds } = readFlags();
  const made = spawnSync(process.execPath, [join(__dirname, '..', 'tools', 'package.js'), '--folder', packageFolder], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (made.status !== 0) throw new Error('The package could not be made.');
  const upstream = await startUpstream();
  for (const name of only) {
    process.stderr.write(`${name}\n`);
    const part = await measures[name](upstream, rounds);
    writeResults({ ...readResults(), [name]: part });
    process.stdout.write(`\n${table(name, part)}\n`);
  }
  upstream.close();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
runCommand(async () => {
  await main();
  process.exit();
});
