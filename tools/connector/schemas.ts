import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import Ajv04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';

const folder = 'tools/connector/schemas';

/** The files of a connector, and Microsoft's schema for each. */
const files = {
  'apiDefinition.swagger.json': 'apiDefinition.swagger.schema.json',
  'apiProperties.json': 'paconn-apiProperties.schema.json',
  'settings.json': 'paconn-settings.schema.json',
} as const;

export type ConnectorFile = keyof typeof files;
export const connectorFiles = Object.keys(files) as ConnectorFile[];

/** What the portal itself writes, and the published schema does not know yet: texts of the schema, and what stands for them. */
const newer = [
  ['"enum":["Global","Direct"]', '"enum":["Global","Direct","GlobalPerConnector"]'],
  [
    '"properties":{"resourceUri":{},"loginUri":{},"tenantId":{}}',
    '"properties":{"resourceUri":{},"loginUri":{},"tenantId":{},"enableOnbehalfOfLogin":{}}',
  ],
] as const;

/** A schema as it stands in the folder, where some lines are comments. @throws Error when `newer` names a text that is not there any more */
function schemaOf(file: ConnectorFile): Record<string, unknown> {
  const name = files[file];
  const json = readFileSync(join(folder, name), 'utf8').replaceAll(/(?<=^|\s)\/\/.*$/gm, '');
  let text = JSON.stringify({ ...(JSON.parse(json) as object), id: undefined });
  if (file === 'apiProperties.json')
    for (const [before, after] of newer) {
      if (!text.includes(before)) throw new Error(`${name} has changed: look at schemas.ts.`);
      text = text.replace(before, after);
    }
  return JSON.parse(text) as Record<string, unknown>;
}

const compiled = new Map<ConnectorFile, ValidateFunction>();

function validatorOf(file: ConnectorFile): ValidateFunction {
  const schema = schemaOf(file);
  const options = { strict: false, allErrors: true } as const;
  const ajv = String(schema.$schema).includes('draft-04') ? new Ajv04(options) : new Ajv(options);
  addFormats(ajv);
  const validate = compiled.get(file) ?? ajv.compile(schema);
  compiled.set(file, validate);
  return validate;
}

/** Where a file of a connector breaks Microsoft's schema, one line each. */
export function complaintsOf(file: ConnectorFile, content: unknown): string[] {
  const validate = validatorOf(file);
  validate(content);
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
    const { additionalProperty } = params as { additionalProperty?: string };
    return `${instancePath === '' ? '/' : instancePath} ${message}${additionalProperty === undefined ? '' : `: ${additionalProperty}`}`;
  });
}
