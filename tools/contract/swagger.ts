import type { Resource } from '../../src/resource/resource.js';
import type { Registered } from './openapi.js';
import { filled } from './filled.js';
import { operationsOf, problemsByStatus, type Operation } from './operations.js';
import { parametersOf, type Parameter } from './parameters.js';
import { schemasOf } from './schemas.js';

type Json = Readonly<Record<string, unknown>>;

/** Where the API of one organisation is: everything that the files of the connector cannot know. */
export interface Place {
  readonly host: string;
}

/**
 * The part of the contract that flow makers use, as OpenAPI 2.0 with the extensions of Power Platform. It is narrower than
 * OpenAPI 3.1 can say (Microsoft's schema refuses unions and lists of types); the API itself is as strict as ever.
 */
export function writeSwagger(
  functions: readonly Registered[],
  resource: Resource,
  { version, host }: Place & { readonly version: string },
): Json {
  const schemas = schemasOf(resource, 'documented');
  const operations = operationsOf(resource);
  const paths = functions.flatMap(({ route, roles }) => {
    const item = Object.keys(roles).flatMap((method) => {
      const operation = operations[`${method} /${route}`];
      return operation?.connector ? [[method.toLowerCase(), writeOperation(operation, resource)] as const] : [];
    });
    return item.length > 0 ? [[`/${route}`, Object.fromEntries(item)] as const] : [];
  });
  const needed = namesIn(JSON.stringify(paths), schemas);
  return {
    swagger: '2.0',
    info: {
      title: titleCase(filled('{{title}}', resource)),
      version,
      description:
        'Reads and updates how ready device models are for work from anywhere (Microsoft Intune, endpoint analytics). Each update is verified, and each failure says whether it was applied.',
      contact: { name: 'The operator of this connector', url: 'https://example.com/', email: 'operator@example.com' },
      'x-ms-api-annotation': { status: 'Preview' },
    },
    host,
    basePath: '/api',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: Object.fromEntries(paths),
    definitions: Object.fromEntries(needed.map((name) => [name, downgraded(schemas[name] ?? {}, resource, name)])),
    securityDefinitions: {
      entraId: {
        type: 'oauth2',
        flow: 'accessCode',
        authorizationUrl: 'https://login.microsoftonline.com/common/oauth2/authorize',
        tokenUrl: 'https://login.microsoftonline.com/common/oauth2/token',
        scopes: {},
      },
    },
    security: [{ entraId: [] }],
    tags: [],
    'x-ms-capabilities': {
      testConnection: { operationId: filled('List{{Type}}', resource), parameters: { limit: 1 } },
    },
    'x-ms-connector-metadata': [
      { propertyName: 'Website', propertyValue: 'https://example.com/' },
      { propertyName: 'Privacy policy', propertyValue: 'https://example.com/privacy' },
      { propertyName: 'Categories', propertyValue: 'IT Operations;Productivity' },
    ],
  };
}

/** Names of the schemas that a text refers to, and of those that these refer to. */
function namesIn(text: string, schemas: Readonly<Record<string, Json>>, known: readonly string[] = []): string[] {
  const found = [...text.matchAll(/"\$ref":"#\/(?:definitions|components\/schemas)\/(?<name>\w+)"/g)];
  const fresh = [...new Set(found.map(({ groups }) => groups?.name ?? ''))].filter((name) => !known.includes(name));
  if (fresh.length === 0) return [...known];
  return namesIn(JSON.stringify(fresh.map((name) => schemas[name])), schemas, [...known, ...fresh]);
}

function writeOperation(operation: Operation, resource: Resource): Json {
  const { operationId, summary, description, parameters: names = [], body, answers, status = 200 } = operation;
  const success = answers.content['application/json'];
  const parameters = parametersOf(resource);
  const taken = names.flatMap((name) => {
    const parameter = parameters[name];
    return parameter?.connector ? [writeParameter(name, parameter, resource)] : [];
  });
  const list = success === filled('{{Type}}List', resource);
  return {
    operationId,
    summary,
    description,
    parameters: [...taken, ...(body === undefined ? [] : [writeBody(body)])],
    responses: {
      [status]: { description: answers.description, schema: { $ref: `#/definitions/${success}` } },
      ...Object.fromEntries(
        problemsByStatus(operation, resource).map(({ status, description }) => [status, { description }]),
      ),
      default: { description: 'It failed. The text for people is body/error/message.' },
    },
    'x-ms-api-annotation': { family: operationId, revision: 1, status: 'Preview' },
    'x-ms-visibility': operation.connector === 'internal' ? 'internal' : 'important',
    ...(list && { 'x-ms-pageable': { nextLinkName: 'nextLink' } }),
  };
}

function writeParameter(name: string, parameter: Parameter, { fields }: Resource): Json {
  const { in: place, name: written = name, title, description, schema, names } = parameter;
  return {
    name: written,
    in: place,
    required: place !== 'query',
    description,
    'x-ms-summary': titleCase(title),
    ...kept(schema),
    ...namesOf(names ?? fields[name]?.members, schema.enum),
    ...(place === 'path' && { 'x-ms-url-encoding': 'single' }),
    ...(name === 'id' && { 'x-ms-dynamic-values': chosenFromLabels }),
  };
}

/** The ids of a dropdown, with the names that people read. */
const chosenFromLabels = {
  operationId: 'ListLabels',
  parameters: {},
  'value-collection': 'value',
  'value-path': 'id',
  'value-title': 'label',
};

function writeBody(name: string): Json {
  return {
    name: 'body',
    in: 'body',
    required: true,
    description:
      name === 'ModelPerformanceUpdate' ? 'The properties to change, with their new values.' : 'The updates.',
    'x-ms-summary': name === 'ModelPerformanceUpdate' ? 'Update' : 'Updates',
    schema: { $ref: `#/definitions/${name}` },
  };
}

/** Keywords that Microsoft's schema for connectors refuses, and patterns, whose dialect no flow engine knows. */
const refused = [
  ...['anyOf', 'oneOf', 'not', 'const', 'pattern', 'propertyNames'],
  ...['additionalProperties', 'minProperties', 'maxProperties'],
];

/** What OpenAPI 2.0 can say of a schema; that a number is finite needs no saying there. */
const kept = (schema: Json): Json =>
  Object.fromEntries(
    Object.entries(schema).filter(
      ([keyword, value]) => !refused.includes(keyword) && Math.abs(Number(value)) !== Number.MAX_VALUE,
    ),
  );

/** A schema of the contract in the words of OpenAPI 2.0; what those cannot say is left out. */
function downgraded(schema: Json, resource: Resource, name: string): Json {
  const { type, title, properties, items, $ref, required, ...more } = schema;
  const types = Array.isArray(type) ? (type as string[]) : [type];
  // An id that must be the path's, and what is Graph's own, are nothing to fill.
  const members = Object.entries((properties ?? {}) as Record<string, Json>).filter(
    ([key, { title: shown }]) => !key.startsWith('@') && (key !== 'id' || shown !== undefined),
  );
  return {
    ...(typeof $ref === 'string' && { $ref: $ref.replace('/components/schemas/', '/definitions/') }),
    ...(type !== undefined && { type: types[0] }),
    ...(types.includes('null') && { 'x-nullable': true }),
    ...(name !== '' &&
      $ref === undefined && { 'x-ms-summary': titleCase(typeof title === 'string' ? title : inWords(name)) }),
    ...kept(more),
    ...namesOf(resource.fields[name]?.members, schema.enum),
    ...(Array.isArray(required) && { required }),
    ...(items !== undefined && { items: downgraded(items as Json, resource, '') }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(members.map(([key, value]) => [key, downgraded(value, resource, key)])),
    }),
  };
}

/** The members of an enumeration with the words that a person reads. */
function namesOf(members: Readonly<Record<string, string>> | undefined, values: unknown): Json {
  if (members === undefined || !Array.isArray(values)) return {};
  const named = (values as string[]).map((value) => ({ value, displayName: members[value] ?? value }));
  return { 'x-ms-enum-values': named };
}

const titleCase = (title: string) => title.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/** A name of a program as people write it: `notApplied` is "not Applied". */
const inWords = (name: string) => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`);
