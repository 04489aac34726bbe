import { readCommandLine, runCommand, Stop } from '../../local/commandLine.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { clouds } from '../../src/settings.js';
import { findDrift, whyNoMetadata } from './ask.js';

const help = `Tells whether Microsoft Graph has changed what this API stands on: compares Graph's published metadata with the resource's table.

  npm run drift                                     beta of the global cloud
  npm run drift -- --version v1.0 --cloud usgov     another version, or another of Microsoft's clouds
  npm run drift -- --metadata <address or file>     a document of your own

Exit code: 0 nothing has changed, 1 something has, 2 the command line is wrong, 3 the metadata cannot be read.
`;

/** The place of the metadata. @throws Stop for a mistake */
const readFlags = (): string =>
  readCommandLine({
    command: 'npm run drift --',
    help,
    options: {
      version: { type: 'string', default: 'beta' },
      cloud: { type: 'string', default: 'global' },
      metadata: { type: 'string' },
    },
    read: ({ cloud, version, metadata }) => {
      if (version !== 'beta' && version !== 'v1.0') throw new Error('--version takes beta or v1.0.');
      if (!Object.hasOwn(clouds, cloud)) throw new Error(`--cloud takes ${Object.keys(clouds).join(', ')}.`);
      return metadata ?? `${clouds[cloud as keyof typeof clouds].graph}/${version}/$metadata`;
    },
  });

async function main(): Promise<void> {
  const place = readFlags();
  const changes = await findDrift(modelPerformance, place).catch((error: unknown) => {
    throw new Stop(`The metadata of ${place} cannot be read: ${whyNoMetadata(error)}`, 3);
  });
  for (const sentence of changes) process.stdout.write(`changed  ${sentence}\n`);
  process.stdout.write(
    changes.length === 0
      ? `Nothing has changed in ${place}.\n`
      : `${changes.length} changed in ${place}. docs/OPERATE.md says what to do.\n`,
  );
  process.exitCode = changes.length === 0 ? 0 : 1;
}

runCommand(main);
