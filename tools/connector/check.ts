import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dereference, validate } from '@apidevtools/swagger-parser';
import { readCommandLine, runCommand, Stop } from '../../local/commandLine.js';
import type { Definition, Properties } from './definition.js';
import { rules, type Rule } from './rules.js';
import { complaintsOf, connectorFiles, type ConnectorFile } from './schemas.js';

const help = `Checks the files of a connector: OpenAPI 2.0, Microsoft's schemas, and rules that this connector could break.

  npm run connector:check -- [folder, connector by default]

Ends with 0 when everything holds, with 1 and the places when something does not, with 2 when there is nothing to check.
`;

export type Connector = Readonly<Record<ConnectorFile, unknown>>;

/** The files of a folder. @throws Error when one cannot be read or is no JSON */
export function readConnector(folder: string): Connector {
  const contents = connectorFiles.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8').replace(/^\uFEFF/, '');
    return [file, JSON.parse(text) as unknown] as const;
  });
  return Object.fromEntries(contents) as Connector;
}

/** One line for each place that breaks a schema; if there is none, for each that breaks OpenAPI or a rule. */
export async function check(connector: Connector): Promise<string[]> {
  const complaints = connectorFiles.flatMap((file) =>
    complaintsOf(file, connector[file]).map((complaint) => `${file} at ${complaint}`),
  );
  // Rules read what the schemas have let through.
  if (complaints.length > 0) return complaints;
  const definition = () => structuredClone(connector['apiDefinition.swagger.json']) as Parameters<typeof validate>[0];
  try {
    await validate(definition());
  } catch (error) {
    return [`OpenAPI 2.0: ${error instanceof Error ? error.message : ''}`];
  }
  const followed = (await dereference(definition())) as unknown as Definition;
  const properties = connector['apiProperties.json'] as Properties;
  return Object.entries<Rule>(rules).flatMap(([name, { description, broken }]) =>
    broken(followed, properties).map((place) => `${name}: ${description} At ${place}`),
  );
}

/** The folder to check. @throws Stop for a mistake */
const readFolder = (): string =>
  readCommandLine({
    command: 'npm run connector:check --',
    help,
    options: {},
    allowPositionals: true,
    read: (_, [folder = 'connector', ...more]) => {
      if (more.length > 0) throw new Error('Name one folder.');
      return folder;
    },
  });

function readFiles(folder: string): Connector {
  try {
    return readConnector(folder);
  } catch (error) {
    throw new Stop(`${folder} cannot be read: ${error instanceof Error ? error.message : ''}`, 2);
  }
}

async function main(): Promise<void> {
  const folder = readFolder();
  const lines = await check(readFiles(folder));
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (lines.length === 0) process.stdout.write(`${folder}: schemas and ${Object.keys(rules).length} rules hold.\n`);
  process.exitCode = lines.length === 0 ? 0 : 1;
}

if (require.main === module) runCommand(main);
