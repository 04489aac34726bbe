import { readdirSync, readFileSync } from 'node:fs';

/** A block of code in a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Where it begins, for messages. */
  readonly at: string;
}

/** Every document for people, but for the list of changes. */
export const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'connector/readme.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The blocks of a document, in their order. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(document, 'utf8');
  return [...text.matchAll(/^(?<indent> *)```(?<language>\S*)\n(?<text>[^]*?)^ *```$/gm)].map(({ index, groups }) => ({
    language: groups?.language ?? '',
    text: (groups?.text ?? '').replaceAll(new RegExp(`^${groups?.indent ?? ''}`, 'gm'), ''),
    at: `${document}:${text.slice(0, index).split('\n').length}`,
  }));
}
