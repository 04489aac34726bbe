import { readFileSync } from 'node:fs';

/** A parameter of the deployment that `azd env set` chooses. */
export interface Choice {
  readonly variable: string;
  /** Empty when there is none. */
  readonly byDefault: string;
  readonly description: string;
}

/**
 * What `azd env set` chooses, in the order of infra/main.prod.bicepparam, with the descriptions of infra/main.bicep.
 * @throws Error when a parameter has no description there
 */
export function readChoices(): Choice[] {
  const described = new Map(
    [...readFileSync('infra/main.bicep', 'utf8').matchAll(/^@description\('(.+)'\)\n(?:@.+\n)*param (\w+)/gm)].map(
      ([, description = '', name = '']) => [name, description],
    ),
  );
  const assigned = readFileSync('infra/main.prod.bicepparam', 'utf8')
    .split(/^param /m)
    .slice(1);
  return assigned.map((text) => {
    const [, name = ''] = /^(\w+) = /.exec(text) ?? [];
    const [, variable = '', byDefault = ''] = /readEnvironmentVariable\(\s*'(\w+)',\s*'([^']*)'/.exec(text) ?? [];
    const description = described.get(name);
    if (description === undefined || variable === '')
      throw new Error(`The parameter ${name} has no description or variable.`);
    return { variable, byDefault, description };
  });
}
