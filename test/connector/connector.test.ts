import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { check, readConnector, type Connector } from '../../tools/connector/check.js';
import type { rules } from '../../tools/connector/rules.js';
import { brandColor } from '../../tools/contract/apiProperties.js';
import { operationsOf } from '../../tools/contract/operations.js';
import { registeredOf } from '../../src/register.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

const registered = registeredOf(modelPerformance);
const operations = operationsOf(modelPerformance);

const read = (name: string) => readFileSync(`connector/${name}`);
const parsed = (name: string): unknown => JSON.parse(read(name).toString());

interface Written {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly definitions: Readonly<Record<string, { readonly properties: Readonly<Record<string, object>> }>>;
}
const written = parsed('apiDefinition.swagger.json') as Written;

const list = '/v1/model-performance';
const item = `${list}/{id}`;

/** What a test puts at a place of the connector's files; `undefined` takes away what is there. */
type Break = readonly [place: readonly (string | number)[], value: unknown];

const definition = 'apiDefinition.swagger.json';
const get = [definition, 'paths', item, 'get'] as const;
const id = [...get, 'parameters', 0] as const;
const status = [definition, 'definitions', 'ModelPerformanceUpdate', 'properties', 'healthStatus'] as const;
const limit = [definition, 'paths', list, 'get', 'parameters', 3] as const;
const dropDown = [...id, 'x-ms-dynamic-values'] as const;
const policies = ['apiProperties.json', 'properties', 'policyTemplateInstances'] as const;
const withSchema = { description: 'The model.', schema: { $ref: '#/definitions/ModelPerformance' } };

/** For each rule the ways to break it, and nothing else. */
const breaks: Readonly<Record<keyof typeof rules, Readonly<Record<string, readonly Break[]>>>> = {
  OperationSummaryTooLong: { 'a long one': [[[...get, 'summary'], `Get ${'model '.repeat(20)}performance`]] },
  ValueContainsRestrictedWords: {
    'the title': [[[definition, 'info', 'title'], 'Model Performance API']],
    'the description of an operation': [[[...get, 'description'], 'Gives a model to Power Automate.']],
    'the description of a property': [[[...status, 'description'], 'Health, as Copilot sees it.']],
  },
  OperationHasManyResponsesWithSchema: {
    'two successes': [[[...get, 'responses', '201'], { description: 'Made.' }]],
    none: [[[...get, 'responses', '200'], undefined]],
  },
  SchemaDefinitionSetIncorrectly: {
    'a failure with a schema': [[[...get, 'responses', 'default', 'schema'], { type: 'string' }]],
    'another status': [
      [[...get, 'responses', '200'], undefined],
      [[...get, 'responses', '202'], withSchema],
    ],
  },
  OnlyJson: {
    'CSV as a whole': [
      [
        [definition, 'produces'],
        ['application/json', 'text/csv'],
      ],
    ],
    'CSV of one operation': [[[...get, 'produces'], ['text/csv']]],
  },
  DynamicValuesLeadNowhere: {
    'another operation': [[[...dropDown, 'operationId'], 'ListNothing']],
    'another collection': [[[...dropDown, 'value-collection'], 'values']],
    'another value': [[[...dropDown, 'value-path'], 'key']],
    'another title': [[[...dropDown, 'value-title'], 'name']],
    'a parameter that is not there': [[[...dropDown, 'parameters'], { top: 5 }]],
  },
  EnumWithoutDisplayNames: {
    'one less': [[[...status, 'x-ms-enum-values', 0], undefined]],
    none: [[[...status, 'x-ms-enum-values'], undefined]],
  },
  DefaultOfAnotherType: { 'a text': [[[...limit, 'default'], '1000']], 'a fraction': [[[...limit, 'default'], 0.5]] },
  DescriptionNotASentence: {
    'no full stop': [[[...get, 'description'], 'Gives one model']],
    'the summary again': [[[...get, 'description'], 'Get model performance.']],
    'none of a parameter': [[[...id, 'description'], undefined]],
    'small letters': [[[...status, 'description'], 'the health.']],
  },
  SummaryNotTitleCase: {
    'none of a property': [[[...status, 'x-ms-summary'], undefined]],
    'of a parameter': [[[...id, 'x-ms-summary'], 'Id of the model']],
  },
  OperationNotFound: {
    'a policy': [[[...policies, 1, 'parameters', 'x-ms-apimTemplate-operationName'], ['ListNothing']]],
    'the test of a connection': [[[definition, 'x-ms-capabilities', 'testConnection', 'operationId'], 'ListNothing']],
    'a link that no answer has': [
      [[definition, 'paths', list, 'get', 'x-ms-pageable', 'nextLinkName'], '@odata.nextLink'],
    ],
  },
};

/** Our connector, broken. */
function broken(changes: readonly Break[]): Connector {
  const changed = readConnector('connector');
  for (const [place, value] of changes) {
    const last = place.at(-1) ?? '';
    const parent = place.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], changed);
    if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1);
    else if (value === undefined) Reflect.deleteProperty(parent as object, last);
    else (parent as Record<string, unknown>)[last] = value;
  }
  return changed;
}

const ways = Object.entries(breaks).flatMap(([rule, some]) =>
  Object.entries(some).map(([way, changes]) => ({ rule, way, changes })),
);

describe('the connector', () => {
  test('keeps to Microsoft’s schemas, OpenAPI 2.0 and every rule', async () => {
    expect(await check(readConnector('connector'))).toEqual([]);
  });

  test.each(ways)('$rule is seen, and no other: $way', async ({ rule, changes }) => {
    const names = (await check(broken(changes))).map((line) => line.replace(/:.*/, ''));
    expect(new Set(names)).toEqual(new Set([rule]));
  });
});

describe('the definition', () => {
  test('has every operation for makers of the registered functions', () => {
    const wanted = registered
      .flatMap(({ route, roles }) => Object.keys(roles).map((method) => operations[`${method} /${route}`]))
      .filter((operation) => operation?.connector)
      .map((operation) => operation?.operationId);
    const ids = Object.values(written.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(ids.sort()).toEqual(wanted.sort());
    expect(ids).toEqual(expect.arrayContaining(['ListModelPerformance', 'UpdateModelPerformance']));
  });

  test('takes every property of the table in an update, with its title and its members’ names', () => {
    const { properties = {} } = written.definitions.ModelPerformanceUpdate ?? {};
    expect(Object.keys(properties)).toEqual(Object.keys(modelPerformance.fields));
    expect(properties.healthStatus).toMatchObject({
      'x-ms-enum-values': expect.arrayContaining([{ value: 'meetingGoals', displayName: 'Meeting goals' }]),
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
      description: modelPerformance.fields.windowsScore.description,
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
    const told = Object.values(operations).filter(({ connector }) => connector === true);
    expect(told.filter(({ summary }) => !text.includes(`### ${summary}`))).toEqual([]);
  });
});
