import { parseArgs } from 'node:util';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { clouds } from '../../src/settings.js';
import { findDrift, whyNoMetadata } from './ask.js';

const usage = `Tells whether Microsoft Graph has changed what this API stands on: compares Graph's published metadata with the resource's table.

  npm run drift                                     beta of the global cloud
  npm run drift -- --version v1.0 --cloud usgov     another version, or another of Microsoft's clouds
  npm run drift -- --metadata <address or file>     a document of your own

Exit code: 0 nothing has changed, 1 something has, 2 the command line is wrong, 3 the metadata cannot be read.
`;

/** The place of the metadata. @throws Error in one line */
function readFlags(): string {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      version: { type: 'string', default: 'beta' },
      cloud: { type: 'string', default: 'global' },
      metadata: { type: 'string' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const { cloud, version, metadata } = values;
  if (version !== 'beta' && version !== 'v1.0') throw new Error('--version takes beta or v1.0.');
  if (!Object.hasOwn(clouds, cloud)) throw new Error(`--cloud takes ${Object.keys(clouds).join(', ')}.`);
  return metadata ?? `${clouds[cloud as keyof typeof clouds].graph}/${version}/$metadata`;
}

async function main(): Promise<number> {
  let place;
  try {
    place = readFlags();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : ''} See npm run drift -- --help.\n`);
    return 2;
  }
  try {
    const changes = await findDrift(modelPerformance, place);
    for (const sentence of changes) process.stdout.write(`changed  ${sentence}\n`);
    process.stdout.write(
      changes.length === 0
        ? `Nothing has changed in ${place}.\n`
        : `${changes.length} changed in ${place}. docs/OPERATE.md says what to do.\n`,
    );
    return changes.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`The metadata of ${place} cannot be read: ${whyNoMetadata(error)}\n`);
    return 3;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
