import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { settings } from '../src/config.js';
import { problems } from '../src/problem.js';

type Row = readonly string[];

const table = (head: Row, rows: readonly Row[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** The parts of the README that are made from the product's tables and a tested example, by the name in their markers. */
const parts: Readonly<Record<string, string>> = {
  client: `\`\`\`ts\n${readFileSync('test/client/example.ts', 'utf8')}\`\`\``,
  settings: table(
    ['setting', 'example', 'what it is for'],
    Object.entries(settings).map(([name, { example, says }]) => [`\`${name}\``, `\`${example}\``, says]),
  ),
  problems: table(
    ['code', 'status', 'what happened', 'what to do', 'the same again?'],
    Object.entries(problems).map(([code, { status, title, says, retry }]) => [
      `\`${code}\``,
      String(status),
      title,
      says,
      retry,
    ]),
  ),
};

/** A text with its generated parts made anew. @throws Error when a marker is missing */
export async function withGeneratedParts(text: string): Promise<string> {
  let made = text;
  for (const [name, content] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
    const [from, to] = [made.indexOf(begin), made.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md has no place for ${name}: ${begin} … ${end}`);
    made = `${made.slice(0, from)}${begin}\n\n${content}\n\n${made.slice(to)}`;
  }
  return format(made, { parser: 'markdown', printWidth: 120, singleQuote: true });
}
