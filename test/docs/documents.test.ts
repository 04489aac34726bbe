import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { settings } from '../../src/settings.js';
import { problems } from '../../src/problem.js';
import { blocksOf, documents } from './blocks.js';

const read = (path: string) => readFileSync(path, 'utf8');
const packageFile = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

/** GitHub's names of headings: small letters, hyphens for spaces, no punctuation. */
const anchorsOf = (path: string) =>
  [...read(path).matchAll(/^#+ (?<heading>.+)$/gm)].map(({ groups }) =>
    (groups?.heading ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(documents)('%s', (document) => {
  const text = read(document);

  test('its links lead somewhere', () => {
    const links = [...text.replaceAll(/```[^]*?```/g, '').matchAll(/\]\((?<target>[^)\s]+)\)/g)].map(
      ({ groups }) => groups?.target ?? '',
    );
    const lost = links
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? document : join(dirname(document), path);
        return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
      });
    expect(lost).toEqual([]);
  });

  test('it names scripts, files, settings and problems that exist', () => {
    const quoted = [...text.matchAll(/`(?<code>[^`\n]+)`/g)].map(({ groups }) => groups?.code ?? '');
    const scripts = quoted.flatMap((code) => /^npm run (?:--silent )?(?<name>[\w:*]+)/.exec(code)?.groups?.name ?? []);
    expect(scripts.filter((name) => !name.endsWith('*') && packageFile.scripts?.[name] === undefined)).toEqual([]);
    const files = quoted.filter((code) =>
      /^(src|local|tools|test|infra|docs|connector|contract|clients|bench)\/[\w./-]+$/.test(code),
    );
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('each block of code says its language', () => {
    expect(
      blocksOf(document)
        .filter(({ language }) => language === '')
        .map(({ at }) => at),
    ).toEqual([]);
  });
});

test('the README stays short', () => {
  expect(statSync('README.md').size).toBeLessThan(10_000);
});

test('every package has its reason', () => {
  const text = read('docs/DECISIONS.md');
  const names = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.keys(packageFile[kind] ?? {}),
  );
  expect(names.filter((name) => !text.includes(`**\`${name}\`**`))).toEqual([]);
  const told = [...text.matchAll(/\*\*`(?<name>[^`]+)`\*\*/g)].map(({ groups }) => groups?.name ?? '');
  expect(told.filter((name) => !names.includes(name))).toEqual([]);
});

test('settings and problems stand in the generated tables, each once', () => {
  const rows = (path: string) => [...read(path).matchAll(/^\| `(?<name>[^`]+)`/gm)].map(({ groups }) => groups?.name);
  expect(rows('docs/SETTINGS.md')).toEqual(Object.keys(settings));
  expect(rows('docs/PROBLEMS.md')).toEqual(Object.keys(problems));
});
