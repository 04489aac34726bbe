import { readdirSync, readFileSync } from 'node:fs';
import { format } from 'prettier';
import { goalsTable } from '../bench/goals.js';
import { readResults, type PartName } from '../bench/results.js';
import { table as benchTable } from '../bench/table.js';
import { problems } from '../src/problem.js';
import type { Field } from '../src/resource/field.js';
import { modelPerformance } from '../src/resource/modelPerformance.js';
import { worded } from '../src/resource/words.js';
import { settings } from '../src/settings.js';
import { readChoices } from './infra/parameters.js';

type Row = readonly string[];

const table = (head: Row, rows: readonly Row[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const quoted = (text: string) => `\`${text}\``;

const languages: Readonly<Record<string, string>> = {
  cs: 'csharp',
  java: 'java',
  ps1: 'powershell',
  py: 'python',
  ts: 'ts',
};

/** A file of this repository as a block of code; another document as a part of this one, without its title. */
function asBlock(path: string): string {
  if (path.endsWith('.md'))
    return readFileSync(path, 'utf8')
      .replace(/^# .*\n+/, '')
      .replaceAll(/^#/gm, '##')
      .trim();
  const language = languages[path.replace(/.*\./, '')] ?? '';
  return `\`\`\`${language}\n${readFileSync(path, 'utf8')}\`\`\``;
}

/** What a property may hold, in a few words. */
function kindOf({ noun, nullable, members }: Field<unknown>): string {
  if (members !== undefined) return `one of ${Object.keys(members).map(quoted).join(', ')}`;
  return `${noun.replace(/^an? /, '')}${nullable ? ' or null' : ''}`;
}

/** The parts of documents that are made from the product's sources, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  fields: () =>
    table(
      ['property', 'value', 'meaning'],
      Object.entries<Field<unknown>>(modelPerformance.fields).map(([name, field]) => [
        quoted(name),
        kindOf(field),
        field.description,
      ]),
    ),
  settings: () =>
    table(
      ['setting', 'example', 'what it is for'],
      Object.entries(settings).map(([name, { example, description }]) => [
        `\`${name}\``,
        `\`${example}\``,
        description,
      ]),
    ),
  problems: () =>
    table(
      ['code', 'status', 'what happened', 'what to do', 'the same again?'],
      Object.entries(problems).map(([code, { status, title, description, retry }]) => [
        `\`${code}\``,
        String(status),
        worded(title, modelPerformance),
        worded(description, modelPerformance),
        retry,
      ]),
    ),
  bench: () =>
    Object.entries(readResults())
      .map(([name, part]) => benchTable(name as PartName, part))
      .join('\n\n'),
  goals: () => goalsTable(readResults()),
  deployment: () =>
    table(
      ['variable', 'by default', 'what it chooses'],
      readChoices().map(({ variable, byDefault, description }) => [
        quoted(variable),
        byDefault && quoted(byDefault),
        description,
      ]),
    ),
  queries: () =>
    readdirSync('infra/queries')
      .filter((name) => name.endsWith('.kql'))
      .map((name) => asSection(readFileSync(`infra/queries/${name}`, 'utf8')))
      .join('\n\n'),
};

/** A query whose first two lines are comments: the question, and what there is to know of the answer. */
function asSection(text: string): string {
  const { question, more, query } = /^\/\/ (?<question>.+)\n\/\/ (?<more>.+)\n(?<query>[^]+)$/.exec(text)?.groups ?? {};
  if (question === undefined || more === undefined || query === undefined) {
    throw new Error(`A query does not begin with two lines of comment: ${text}`);
  }
  return `### ${question}\n\n${more}\n\n\`\`\`kusto\n${query.trimEnd()}\n\`\`\``;
}

const marker = /<!-- (?<name>[^:]+): generated -->[^]*?<!-- \k<name>: end -->/g;

/**
 * A document with its generated parts made anew. A part is one of the table above, or a file of this repository by its path.
 * @throws Error when a marker is not a pair, or names nothing
 */
export async function withGeneratedParts(text: string): Promise<string> {
  const made = text.replaceAll(marker, (_, name: string) => {
    const content = parts[name]?.() ?? asBlock(name);
    return `<!-- ${name}: generated -->\n\n${content}\n\n<!-- ${name}: end -->`;
  });
  const markers = made.match(/<!-- [^:]+: (generated|end) -->/g) ?? [];
  if (markers.length !== 2 * (made.match(marker) ?? []).length) {
    throw new Error(`A generated part is not whole. The markers: ${markers.join(' ')}`);
  }
  return format(made, { parser: 'markdown', printWidth: 120, singleQuote: true });
}
