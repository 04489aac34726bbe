import { readFileSync } from 'node:fs';
import { rules, type Definition } from './rules.js';

const usage = `Checks a connector's definition against the rules of Microsoft's validator and of its guide to certification.

  npm run connector:check -- [connector/apiDefinition.swagger.json]

Ends with 0 when every rule holds, with 1 and the places when one does not, with 2 when there is nothing to check.
`;

/** One line for each place that breaks a rule. */
export function check(definition: Definition): string[] {
  return Object.entries(rules).flatMap(([name, { says, broken }]) =>
    broken(definition).map((place) => `${name}: ${says} At ${place}`),
  );
}

function main(given: readonly string[]): number {
  if (given.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  const [path = 'connector/apiDefinition.swagger.json', ...more] = given;
  if (path.startsWith('-') || more.length > 0) {
    process.stderr.write(usage);
    return 2;
  }
  let definition: Definition;
  try {
    definition = JSON.parse(readFileSync(path, 'utf8')) as Definition;
  } catch (error) {
    process.stderr.write(`${path} cannot be read: ${error instanceof Error ? error.message : ''}\n`);
    return 2;
  }
  const lines = check(definition);
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (lines.length === 0) process.stdout.write(`${path}: ${Object.keys(rules).length} rules hold.\n`);
  return lines.length === 0 ? 0 : 1;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
