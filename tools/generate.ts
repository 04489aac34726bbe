import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { picture } from '../bench/picture.js';
import { readResults } from '../bench/results.js';
import { readCommandLine, runCommand } from '../local/commandLine.js';
import openapiTypes, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { format } from 'prettier';
import { registeredOf } from '../src/register.js';
import { writeApiProperties } from './contract/apiProperties.js';
import { writeOpenApi } from './contract/openapi.js';
import { writeSwagger } from './contract/swagger.js';
import { modelPerformance } from '../src/resource/modelPerformance.js';
import { placeholders } from './connector/placeholders.js';
import { withGeneratedParts } from './documents.js';

const help = `Makes contract, connector and the generated parts of the documents from the product's tables.

  npm run generate         writes what is stale
  npm run generate:check   only tells what is stale, and ends with 1 when something is
`;

const registered = registeredOf(modelPerformance);

const read = (path: string) => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0));

function asJson(value: unknown): Promise<string> {
  return format(JSON.stringify(value), { parser: 'json', printWidth: 120 });
}

/** The types that `openapi-typescript` makes of a contract: what a client of this API compiles with. */
async function asTypes(contract: string): Promise<string> {
  const types = astToString(await openapiTypes(contract));
  return format(`${COMMENT_HEADER}${types}`, { parser: 'typescript', printWidth: 120, singleQuote: true });
}

/** Every document for people, with its generated parts made anew. */
async function documents(): Promise<Record<string, string>> {
  const inDocs = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const paths = ['README.md', ...inDocs.map((name) => `docs/${name}`)];
  const made = paths.map(async (path) => [path, await withGeneratedParts(read(path).toString())] as const);
  return Object.fromEntries(await Promise.all(made));
}

/** Every file that is made from the product's tables, by its path in the repository. */
export async function generated(): Promise<Record<string, string | Buffer>> {
  const { version } = JSON.parse(read('package.json').toString()) as { version: string };
  const openApi = (validation: 'documented' | 'strict') =>
    asJson(writeOpenApi(registered, modelPerformance, { validation, version }));
  const documented = await openApi('documented');
  return {
    ...(await documents()),
    'docs/performance.svg': picture(readResults()),
    'contract/openapi.documented.json': documented,
    'contract/openapi.strict.json': await openApi('strict'),
    'connector/apiDefinition.swagger.json': await asJson(
      writeSwagger(registered, modelPerformance, { version, host: placeholders.host }),
    ),
    'connector/apiProperties.json': await asJson(writeApiProperties(placeholders)),
    'test/client/model-performance.d.ts': await asTypes(documented),
  };
}

const readFlags = () =>
  readCommandLine({
    command: 'npm run generate --',
    help,
    options: { check: { type: 'boolean', default: false } },
    read: (flags) => flags,
  });

/** Writes the files; with `--check` it only tells which are stale. */
async function main(): Promise<void> {
  const { check } = readFlags();
  const files = Object.entries(await generated());
  const stale = files.filter(([path, content]) => !read(path).equals(Buffer.from(content)));
  if (!check) {
    for (const [path, content] of stale) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  } else if (stale.length > 0) {
    const paths = stale.map(([path]) => path).join(', ');
    process.stderr.write(`Stale: ${paths}. Renew with: npm run generate\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) runCommand(main);
