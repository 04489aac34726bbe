import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts'));

function importsOf(file: string): { ours: string[]; packages: string[] } {
  const names = [...readFileSync(file, 'utf8').matchAll(/\bfrom '(?<name>[^']+)'|\bimport\('(?<later>[^']+)'\)/g)].map(
    ({ groups }) => groups?.name ?? groups?.later ?? '',
  );
  return {
    ours: names
      .filter((name) => name.startsWith('.'))
      .map((name) => normalize(join(file, '..', name)).replace(/\.js$/, '.ts')),
    packages: names.filter((name) => !name.startsWith('.')),
  };
}

/** What each part of the house may import of the others; its own files it always may. */
const mayImport: Record<string, RegExp> = {
  'src/resource/': /^src\/problem\.ts$/,
  'src/graph/': /^src\/(resource\/|call\.ts$|config\.ts$|deadline\.ts$|lifecycle\.ts$|problem\.ts$)/,
  'src/telemetry/': /^src\/(problem\.ts$|graph\/attempt\.ts$)/,
  'src/auth/': /^src\/(config\.ts$|problem\.ts$)/,
  'src/updates/':
    /^src\/(graph\/|resource\/|telemetry\/|call\.ts$|config\.ts$|deadline\.ts$|lifecycle\.ts$|problem\.ts$)/,
  'src/http/':
    /^src\/(auth\/|graph\/|resource\/|jobs\/|telemetry\/|updates\/|call\.ts$|compose\.ts$|config\.ts$|deadline\.ts$|pointer\.ts$|problem\.ts$)/,
  'src/jobs/':
    /^src\/(auth\/caller\.ts$|graph\/|resource\/|telemetry\/|updates\/|call\.ts$|config\.ts$|deadline\.ts$|problem\.ts$|settings\.ts$)/,
  'tools/': /^(src|local|bench)\//,
  'clients/':
    /^(local\/commandLine\.ts$|src\/(resource\/|http\/(csvTable|readCsv|jobUpdates)\.ts$|(problem|pointer)\.ts$))/,
  'local/': /^src\/(resource\/|register\.ts$|config\.ts$|settings\.ts$|problem\.ts$)/,
};

describe('imports point down', () => {
  test.each(Object.entries(mayImport))('%s', (folder, allowed) => {
    const wrong = files(folder).flatMap((file) =>
      importsOf(file)
        .ours.filter((name) => !name.startsWith(folder) && !allowed.test(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no circle', () => {
    const circles: string[] = [];
    const walked = new Set<string>();
    const walk = (file: string, way: readonly string[]) => {
      if (way.includes(file)) circles.push([...way, file].join(' → '));
      else if (!walked.has(file)) for (const next of importsOf(file).ours) walk(next, [...way, file]);
      walked.add(file);
    };
    for (const file of [...files('src'), ...files('local'), ...files('tools'), ...files('clients')]) walk(file, []);
    expect(circles).toEqual([]);
  });
});

test('the product never imports what serves it locally', () => {
  expect(files('src').filter((file) => importsOf(file).ours.some((name) => name.startsWith('local')))).toEqual([]);
});

test('one file imports the telemetry library, and only the telemetry thread loads it', () => {
  const importers = (name: RegExp) =>
    files('src').filter((file) => importsOf(file).packages.some((imported) => name.test(imported)));
  expect(importers(/^applicationinsights/)).toEqual([join('src', 'telemetry', 'thread.ts')]);
  const thread = ['thread.ts', 'emit.ts'].map((name) => join('src', 'telemetry', name));
  expect(importers(/^@opentelemetry/)).toEqual([join('src', 'telemetry', 'emit.ts')]);
  const others = files('src').filter((file) => !thread.includes(file));
  expect(others.filter((file) => importsOf(file).ours.some((name) => thread.includes(name)))).toEqual([]);
});

test('the resource’s table needs nothing but Joi and types', () => {
  expect(new Set(files('src/resource').flatMap((file) => importsOf(file).packages))).toEqual(
    new Set(['joi', '@microsoft/microsoft-graph-types-beta']),
  );
});

test('the lockfile holds the optional packages of every system', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const names = Object.keys(packages);
  const left = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.some((other) => other.endsWith(`node_modules/${name}`)))
      .map((name) => `${path}: ${name}`),
  );
  expect(left).toEqual([]);
});
