import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { readCommandLine, runCommand } from '../local/commandLine.js';
import { bundle, bundleCommand } from './bundle.js';
import { noticesOf } from './notices.js';

const defaultFolder = join('.local', 'package');

const help = `Makes the deployment package: a folder that Azure Functions runs as it is, with nothing left to install.

  npm run package

  --folder  where to, ${defaultFolder} by default; what is there is replaced
`;

/** As deep as the sources that look for others beside and above them, so that these find them from here too. */
const bundleFolder = 'dist/src/bundle';

/** The app; storage, which its jobs load when they need it; and the telemetry thread, which is started from a file beside the app's. */
const bundled = {
  'src/index.ts': `${bundleFolder}/index`,
  storage: `${bundleFolder}/storage`,
  'src/telemetry/thread.ts': `${bundleFolder}/thread`,
};

/** What is taken as it is, to the same place. */
const copied = [
  'host.json',
  'contract/openapi.documented.json',
  'contract/openapi.strict.json',
  ...readdirSync('contract/page').map((name) => `contract/page/${name}`),
];

/** The same sources give the same bytes. */
async function write(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  for (const file of copied) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(file, join(folder, file));
  }
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;
  const main = `${bundleFolder}/index.js`;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, private: true, main }, null, 2)}\n`);
  const shipped = [...(await bundle(bundled, folder)), ...copied];
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), noticesOf(shipped));
}

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** What was written, and about how much of it an upload sends. */
function sizeOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  const bytes = files.reduce((sum, { length }) => sum + length, 0);
  const packed = files.reduce((sum, file) => sum + deflateRawSync(file).length, 0);
  return `${files.length} files, ${inMegabytes(bytes)}, zipped ${inMegabytes(packed)}`;
}

/** Where to write. The folder is emptied first: one that holds something other than a package is refused. @throws Stop */
const readFolder = () =>
  readCommandLine({
    command: 'npm run package --',
    help,
    options: { folder: { type: 'string', default: defaultFolder } },
    read: ({ folder }) => {
      const held = existsSync(folder) ? readdirSync(folder) : [];
      const known = ['host.json', 'package.json', 'THIRD-PARTY-NOTICES.txt', 'contract', 'dist', 'node_modules'];
      if (!held.every((name) => known.includes(name)))
        throw new Error('--folder names a folder that holds other things than a package.');
      return folder;
    },
  });

runCommand(async () => {
  const folder = readFolder();
  await write(folder);
  process.stdout.write(`${folder}: ${sizeOf(folder)}\n`);
  await bundleCommand(join('clients', 'bulk', 'main.ts'), `${folder}-bulk.cjs`);
  process.stdout.write(`${folder}-bulk.cjs: the bulk command line, in one file\n`);
});
