import { readdirSync, readFileSync } from 'node:fs';
import { format } from 'prettier';
import { settings } from '../src/settings.js';
import { problems } from '../src/problem.js';

type Row = readonly string[];

const table = (head: Row, rows: readonly Row[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** The parts of documents that are made from the product's sources, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  client: () => `\`\`\`ts\n${readFileSync('test/client/example.ts', 'utf8')}\`\`\``,
  settings: () =>
    table(
      ['setting', 'example', 'what it is for'],
      Object.entries(settings).map(([name, { example, says }]) => [`\`${name}\``, `\`${example}\``, says]),
    ),
  problems: () =>
    table(
      ['code', 'status', 'what happened', 'what to do', 'the same again?'],
      Object.entries(problems).map(([code, { status, title, says, retry }]) => [
        `\`${code}\``,
        String(status),
        title,
        says,
        retry,
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

/** A document with its generated parts made anew. @throws Error when a marker is not a pair */
export async function withGeneratedParts(text: string): Promise<string> {
  let made = text;
  for (const [name, content] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
    const [from, to] = [made.indexOf(begin), made.indexOf(end)];
    if (from < 0 && to < 0) continue;
    if (from < 0 || to < from) throw new Error(`The place for ${name} is not whole: ${begin} … ${end}`);
    made = `${made.slice(0, from)}${begin}\n\n${content()}\n\n${made.slice(to)}`;
  }
  return format(made, { parser: 'markdown', printWidth: 120, singleQuote: true });
}
