import { existsSync, readFileSync } from 'node:fs';
import { validate } from '@apidevtools/swagger-parser';
import Ajv from 'ajv';
import Ajv04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, test } from '@jest/globals';
import { parseConfigFileTextToJson } from 'typescript';
import { brandColor } from '../../tools/contract/apiProperties.js';
import { keywordSchema } from '../../tools/connector/keywords.js';
import { rules, type Definition } from '../../tools/connector/rules.js';
import { registered } from '../../src/app.js';
import { operations } from '../../tools/contract/operations.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

const read = (name: string) => readFileSync(`connector/${name}`);
const parsed = (name: string): unknown => JSON.parse(read(name).toString());
const definition = () => parsed('apiDefinition.swagger.json') as Definition;

const list = '/v1/model-performance';
const item = `${list}/{id}`;

/** What a test puts at a place of the definition; `undefined` takes away what is there. */
type Break = readonly [place: readonly (string | number)[], value: unknown];

const get = ['paths', item, 'get'] as const;
const [answer, id] = [
  [...get, 'responses', '200'],
  [...get, 'parameters', 0],
] as const;
const properties = ['definitions', 'ModelPerformance', 'properties'] as const;
const metadata = 'x-ms-connector-metadata';
const withSchema = { description: 'The model.', schema: { $ref: '#/definitions/ModelPerformance' } };

/** For each rule the ways to break it, and nothing else. */
const breaks: Readonly<Record<string, Readonly<Record<string, readonly Break[]>>>> = {
  OperationIdNotUnique: { twice: [[[...get, 'operationId'], 'UpdateModelPerformance']] },
  OperationSummaryTooLong: { 'a long one': [[[...get, 'summary'], `Get ${'model '.repeat(20)}performance`]] },
  RestrictedCharactersInSummary: { 'a slash': [[[...get, 'summary'], 'Get model/performance']] },
  ValueMustEndWithAlphanumeric: {
    'a summary': [[[...get, 'summary'], 'Get model performance!']],
    'the name of a property': [[[...properties, 'model', 'x-ms-summary'], 'Model:']],
  },
  ValueContainsRestrictedWords: { 'the title': [[['info', 'title'], 'Model Performance API']] },
  OperationMustHaveResponse: { none: [[[...get, 'responses'], {}]] },
  OperationHasManyResponsesWithSchema: { two: [[[...get, 'responses', '201'], withSchema]] },
  SchemaDefinitionSetIncorrectly: {
    'another status': [
      [[...answer, 'schema'], undefined],
      [[...get, 'responses', '202'], withSchema],
    ],
  },
  DefaultResponseHasSchema: { 'a schema': [[[...get, 'responses', 'default', 'schema'], { type: 'object' }]] },
  PathParameterMissingEncoding: { none: [[[...id, 'x-ms-url-encoding'], undefined]] },
  OperationMissingPathParameter: { none: [[[...get, 'parameters'], []]] },
  ParameterReferenceNotFound: {
    'a schema': [[[...answer, 'schema', '$ref'], '#/definitions/Nothing']],
    'a dropdown of nothing': [[[...id, 'x-ms-dynamic-values', 'operationId'], 'ListNothing']],
  },
  DuplicateOperationPath: { 'another name': [[['paths', `${list}/{key}`], {}]] },
  InternalPropertyWithDefaultOptional: {
    'a parameter': [[[...id, 'x-ms-visibility'], 'internal']],
    'a property': [[[...properties, 'id', 'x-ms-visibility'], 'internal']],
  },
  SwaggerKeywordNotSupported: {
    anyOf: [[['definitions', 'ModelPerformanceUpdate', 'anyOf'], [{}]]],
    'a list of types': [
      [
        [...properties, 'model', 'type'],
        ['string', 'null'],
      ],
    ],
    nullable: [[[...properties, 'model', 'nullable'], true]],
  },
  ExtensionNameNotValid: {
    'of an operation': [[[...get, 'x-ms-friendly-name'], 'Get']],
    'deep inside': [[[...properties, 'model', 'x-ms-title'], 'Model']],
  },
  ConnectorMetadataPropertiesMissing: {
    'one less': [[[metadata, 0], { propertyName: 'Categories', propertyValue: 'Productivity' }]],
    'one more': [[[metadata, 3], { propertyName: 'Author', propertyValue: 'x' }]],
  },
  InvalidConnectorCategory: { unknown: [[[metadata, 2, 'propertyValue'], 'IT Operations;Models']] },
  TooManyConnectorCategories: { three: [[[metadata, 2, 'propertyValue'], 'IT Operations;Productivity;Data']] },
  ProductionStatusOnBetaService: {
    'of an operation': [[[...get, 'x-ms-api-annotation', 'status'], undefined]],
    'as a whole': [[['info', 'x-ms-api-annotation', 'status'], 'Production']],
  },
  OperationIdNotPascalCase: { 'snake case': [[[...get, 'operationId'], 'get_model']] },
  SummaryNotSentenceCase: { 'title case': [[[...get, 'summary'], 'Get Model Performance']] },
  DescriptionNotASentence: {
    'no full stop': [[[...get, 'description'], 'Gives one model']],
    'the summary again': [[[...get, 'description'], 'Get model performance.']],
    'none of a parameter': [[[...id, 'description'], undefined]],
    'of a property': [[[...properties, 'model', 'description'], 'the model']],
  },
  SummaryNotTitleCase: {
    'none of a property': [[[...properties, 'windowsScore', 'x-ms-summary'], undefined]],
    'of a parameter': [[[...id, 'x-ms-summary'], 'Id of the model']],
  },
  TitleTooLong: { 'a long one': [[['info', 'title'], 'How Ready Models Are For Working Anywhere']] },
  DescriptionLength: {
    'too short': [[['info', 'description'], 'Too short to help.']],
    'too long': [[['info', 'description'], `Reads${' and reads'.repeat(60)}.`]],
  },
  ContactMissing: { 'no address': [[['info', 'contact', 'email'], undefined]] },
};

/** Our definition, broken. */
function broken(list: readonly Break[]): Definition {
  const changed = definition();
  for (const [place, value] of list) {
    const last = place.at(-1) ?? '';
    const parent = place.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], changed);
    if (value === undefined) Reflect.deleteProperty(parent as object, last);
    else (parent as Record<string, unknown>)[last] = value;
  }
  return changed;
}

const ways = Object.entries(breaks).flatMap(([rule, some]) =>
  Object.entries(some).map(([way, list]) => ({ rule, way, list })),
);

const brokenRules = (changed: Definition) =>
  Object.entries(rules)
    .filter(([, { broken }]) => broken(changed).length > 0)
    .map(([name]) => name);

describe('the rules for connectors', () => {
  test('all hold', () => {
    expect(brokenRules(definition())).toEqual([]);
  });

  test('each has a change that breaks it', () => {
    expect(Object.keys(breaks).sort()).toEqual(Object.keys(rules).sort());
  });

  test.each(ways)('$rule is seen, and no other: $way', ({ rule, list }) => {
    expect(brokenRules(broken(list))).toEqual([rule]);
  });
});

describe('the definition', () => {
  test('is OpenAPI 2.0', async () => {
    await expect(validate(definition() as never)).resolves.toMatchObject({ swagger: '2.0' });
  });

  test('keeps to the keywords of Power Platform', () => {
    const holds = new Ajv04({ strict: false }).compile(keywordSchema);
    expect([holds(definition()), holds.errors]).toEqual([true, null]);
  });

  test('has every operation for makers of the registered functions', () => {
    const wanted = registered
      .flatMap(({ route, roles }) => Object.keys(roles).map((method) => operations[`${method} /${route}`]))
      .filter((operation) => operation?.connector)
      .map((operation) => operation?.operationId);
    const { paths } = definition();
    const written = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(written.sort()).toEqual(wanted.sort());
    expect(written).toEqual(expect.arrayContaining(['ListModelPerformance', 'UpdateModelPerformance']));
  });

  test('takes every property of the table in an update, with its title and its members’ names', () => {
    const { properties = {} } = definition().definitions?.ModelPerformanceUpdate ?? {};
    expect(Object.keys(properties)).toEqual(Object.keys(modelPerformance.fields));
    expect((properties.healthStatus as Record<string, unknown>)['x-ms-enum-values']).toContainEqual({
      value: 'meetingGoals',
      displayName: 'Meeting goals',
    });
    expect(properties.model).toMatchObject({ type: 'string', 'x-nullable': true, maxLength: 256 });
    expect(properties.modelDeviceCount).toMatchObject({
      type: 'integer',
      format: 'int32',
      'x-ms-summary': 'Device Count',
    });
    expect(properties.windowsScore).toEqual({
      type: 'number',
      format: 'double',
      'x-ms-summary': 'Windows Score',
      description: modelPerformance.fields.windowsScore.says,
    });
  });
});

describe('the other files', () => {
  test('the icon is a square PNG on the colour of the brand', () => {
    const icon = read('icon.png');
    expect(icon.subarray(1, 4).toString()).toBe('PNG');
    const [width, height] = [icon.readUInt32BE(16), icon.readUInt32BE(20)];
    expect([width, height]).toEqual([160, 160]);
    expect(parsed('apiProperties.json')).toMatchObject({
      properties: { iconBrandColor: brandColor },
    });
  });

  test('the settings name files that are there', () => {
    const { apiDefinition, apiProperties, icon } = parsed('settings.json') as Record<string, string>;
    for (const name of [apiDefinition, apiProperties, icon]) expect(existsSync(`connector/${name}`)).toBe(true);
  });

  test.each([
    'Publisher',
    'Prerequisites',
    'Supported Operations',
    'Obtaining Credentials',
    'Getting Started',
    'Known Issues and Limitations',
    'Frequently Asked Questions',
    'Deployment Instructions',
  ])('the readme has the heading that certification asks for: %s', (heading) => {
    expect(read('readme.md').toString()).toMatch(new RegExp(`^## ${heading}$`, 'm'));
  });

  test('the readme tells of every operation', () => {
    const text = read('readme.md').toString();
    const told = Object.values(operations).filter(({ connector }) => connector);
    expect(told.filter(({ summary }) => !text.includes(`### ${summary}`))).toEqual([]);
  });
});

const microsofts = '../shared/powerplatform-schemas';
const there = existsSync(microsofts);
if (!there)
  process.stderr.write('Microsoft’s schemas for connectors are not here: the connector was not held against them.\n');

(there ? describe : describe.skip)('Microsoft’s own schemas take', () => {
  /** Their files are JSON with comments. */
  const schemaOf = (name: string) => {
    const parsedConfig = parseConfigFileTextToJson(name, readFileSync(`${microsofts}/${name}`, 'utf8'));
    expect(parsedConfig.error).toBeUndefined();
    return parsedConfig.config as Record<string, unknown>;
  };
  const complaints = (schema: Record<string, unknown>, content: unknown) => {
    const options = { strict: false, allErrors: true } as const;
    const ajv = String(schema.$schema).includes('draft-04') ? new Ajv04(options) : new Ajv(options);
    addFormats(ajv);
    const anonymous = Object.fromEntries(Object.entries(schema).filter(([name]) => name !== 'id'));
    const holds = ajv.compile(anonymous);
    holds(content);
    return (holds.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  };

  test('the definition', () => {
    expect(complaints(schemaOf('apiDefinition.swagger.schema.json'), definition())).toEqual([]);
  });

  test('the settings', () => {
    expect(complaints(schemaOf('paconn-settings.schema.json'), parsed('settings.json'))).toEqual([]);
  });

  test('the properties, but for the redirect of each connector’s own, which is newer than they are', () => {
    const schema = schemaOf('paconn-apiProperties.schema.json');
    const [before, after] = ['"enum":["Global","Direct"]', '"enum":["Global","Direct","GlobalPerConnector"]'];
    const text = JSON.stringify(schema);
    expect(text).toContain(before);
    const renewed = JSON.parse(text.replace(before, after)) as Record<string, unknown>;
    expect(complaints(renewed, parsed('apiProperties.json'))).toEqual([]);
  });
});
