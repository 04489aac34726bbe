import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A package whose code is shipped. */
interface Shipped {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The package that a file belongs to: the last `node_modules` in its path counts. */
function folderOf(file: string): string | undefined {
  return /^(?<folder>.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.groups?.folder;
}

function read(folder: string): Shipped {
  const content = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string | undefined>;
  const { name, version, license } = content;
  if (name === undefined || version === undefined || typeof license !== 'string')
    throw new Error(`${folder} does not say its name, its version or its licence.`);
  return { folder, name, version, license };
}

/** The texts that must travel with a package's code: licences, and notices that go with them. */
function textsOf(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => /^(licen[cs]e|notice|copying)/i.test(name) && !name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
}

/**
 * The licences of all packages whose code a bundle holds, as one text, sorted by name.
 * @param files what was bundled, as paths in this repository
 * @throws Error for a package that says no licence
 */
export function noticesOf(files: readonly string[]): string {
  const folders = [...new Set(files.flatMap((file) => folderOf(file) ?? []))].filter((folder) =>
    existsSync(join(folder, 'package.json')),
  );
  const shipped = [...new Map(folders.map(read).map((one) => [`${one.name} ${one.version}`, one])).values()];
  const sections = shipped
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ folder, name, version, license }) => `${name} ${version} (${license})\n\n${textsOf(folder)}\n`);
  return `This package holds code of ${shipped.length} others, under these licences.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
