/**
 * What Power Platform takes of OpenAPI 2.0, as a JSON Schema (draft 4): the keywords of each place and the extensions that it knows. An
 * `x-` name that is not `x-ms-` is anybody's own. Source: the schema for connector definitions in Microsoft's PowerPlatformConnectors.
 */
const own = { '^x-(?!ms-)': {} };
const any = {};
const text = { type: 'string' };
const known = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, any]));
const closed = (properties: object) => ({
  type: 'object',
  additionalProperties: false,
  patternProperties: own,
  properties,
});

const limits = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'multipleOf',
  'enum',
  'default',
];
const shown = { 'x-ms-summary': text, 'x-ms-visibility': { enum: ['important', 'advanced', 'internal'] } };
const chosen = known([
  'x-ms-enum-values',
  'x-ms-dynamic-values',
  'x-ms-dynamic-list',
  'x-ms-test-value',
  'x-ms-localizeDefaultValue',
]);
const schema = { $ref: '#/definitions/schema' };
const schemas = { type: 'object', additionalProperties: schema };

export const keywordSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  ...closed({
    swagger: { enum: ['2.0'] },
    info: closed({
      ...known(['title', 'version', 'description', 'termsOfService', 'contact', 'license']),
      'x-ms-api-annotation': any,
    }),
    ...known([
      'host',
      'basePath',
      'schemes',
      'consumes',
      'produces',
      'security',
      'securityDefinitions',
      'tags',
      'externalDocs',
    ]),
    ...known(['x-ms-capabilities', 'x-ms-connector-metadata', 'x-ms-docs']),
    definitions: schemas,
    parameters: { type: 'object', additionalProperties: { $ref: '#/definitions/parameter' } },
    responses: any,
    paths: { type: 'object', additionalProperties: { $ref: '#/definitions/pathItem' } },
  }),
  definitions: {
    pathItem: closed(
      Object.fromEntries(
        ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'].map((method) => [
          method,
          { $ref: '#/definitions/operation' },
        ]),
      ),
    ),
    operation: closed({
      ...known([
        'tags',
        'summary',
        'description',
        'externalDocs',
        'operationId',
        'produces',
        'consumes',
        'schemes',
        'deprecated',
        'security',
      ]),
      ...known([
        'x-ms-api-annotation',
        'x-ms-capabilities',
        'x-ms-pageable',
        'x-ms-trigger',
        'x-ms-trigger-hint',
        'x-ms-safe-operation',
        'x-ms-no-generic-test',
      ]),
      ...shown,
      parameters: { type: 'array', items: { $ref: '#/definitions/parameter' } },
      responses: { type: 'object', additionalProperties: { $ref: '#/definitions/response' } },
    }),
    parameter: closed({
      ...known([
        '$ref',
        'name',
        'in',
        'required',
        'description',
        'format',
        'items',
        'collectionFormat',
        'allowEmptyValue',
        ...limits,
      ]),
      ...{ ...shown, ...chosen, 'x-ms-url-encoding': { enum: ['single', 'double'] } },
      type: text,
      schema,
    }),
    response: closed({ ...known(['description', 'headers', 'examples']), 'x-ms-summary': text, schema }),
    schema: closed({
      ...known([
        '$ref',
        'format',
        'title',
        'description',
        'required',
        'readOnly',
        'example',
        'discriminator',
        'xml',
        'externalDocs',
        ...limits,
      ]),
      ...{ ...shown, ...chosen },
      type: text,
      items: schema,
      allOf: { type: 'array', items: schema },
      properties: schemas,
    }),
  },
} as const;
