import Ajv04 from 'ajv-draft-04';
import { keywordSchema } from './keywords.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly 'x-ms-summary'?: string;
  readonly 'x-ms-visibility'?: string;
}

export interface Parameter extends Omit<Schema, 'required'> {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
  readonly 'x-ms-url-encoding'?: string;
  readonly 'x-ms-dynamic-values'?: {
    readonly operationId?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
}

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly schema?: Schema }>>;
  readonly 'x-ms-api-annotation'?: { readonly status?: string };
}

/** A connector's definition, as far as the rules look at it. */
export interface Definition {
  readonly info: {
    readonly title?: string;
    readonly description?: string;
    readonly contact?: Readonly<Record<string, string>>;
    readonly 'x-ms-api-annotation'?: { readonly status?: string };
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly 'x-ms-connector-metadata'?: readonly { readonly propertyName: string; readonly propertyValue: string }[];
}

/** A rule, and the places of a definition that break it. */
export interface Rule {
  readonly says: string;
  readonly broken: (definition: Definition) => readonly string[];
}

const operationsOf = ({ paths }: Definition) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, operation, at: `${method.toUpperCase()} ${path}` })),
  );

const parametersOf = (definition: Definition) =>
  operationsOf(definition).flatMap(({ operation, at }) =>
    (operation.parameters ?? []).map((parameter) => ({ parameter, at: `${at}, parameter ${parameter.name}` })),
  );

/** Every schema that stands below a name, with its name and whether its parent needs it. */
function membersOf(schema: Schema, at: string): { member: Schema; at: string; needed: boolean }[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => [
    { member, at: `${at}.${name}`, needed: schema.required?.includes(name) ?? false },
    ...membersOf(member, `${at}.${name}`),
  ]);
  return schema.items === undefined ? own : [...own, ...membersOf(schema.items, `${at}[]`)];
}

const membersOfAll = ({ definitions = {} }: Definition) =>
  Object.entries(definitions).flatMap(([name, schema]) => membersOf(schema, `definitions.${name}`));

const repeated = (values: readonly string[]) => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

/** Texts that a maker reads as the name of something. */
const names = (definition: Definition) => [
  { at: 'info.title', text: definition.info.title ?? '' },
  ...operationsOf(definition).map(({ operation, at }) => ({ at, text: operation.summary ?? '' })),
  ...parametersOf(definition).map(({ parameter, at }) => ({ at, text: parameter['x-ms-summary'] ?? '' })),
  ...membersOfAll(definition).map(({ member, at }) => ({ at, text: member['x-ms-summary'] ?? '' })),
];

const where = (found: readonly { readonly at: string }[]) => found.map(({ at }) => at);

const keywords = new Ajv04({ strict: false, allErrors: true }).compile(keywordSchema);

/** Names that the keyword schema refuses: keywords, or extensions. */
function refusedNames(definition: Definition): { name: string; at: string }[] {
  keywords(definition);
  return (keywords.errors ?? []).map(({ instancePath, params, message = '' }) => {
    const name = (params as { additionalProperty?: string }).additionalProperty ?? message;
    return { name, at: `${instancePath === '' ? '/' : instancePath}: ${name}` };
  });
}

const metadataOf = (definition: Definition, name: string) =>
  definition['x-ms-connector-metadata']?.find(({ propertyName }) => propertyName === name)?.propertyValue;

const categoriesOf = (definition: Definition) =>
  (metadataOf(definition, 'Categories') ?? '').split(';').filter(Boolean);

/** Source: the list of categories in Microsoft's guide to certification. */
const categories = [
  'AI',
  'Business Intelligence',
  'Business Management',
  'Collaboration',
  'Commerce',
  'Communication',
  'Content and Files',
  'Data',
  'Finance',
  'Human Resources',
  'Internet of Things',
  'IT Operations',
  'Lifestyle and Entertainment',
  'Marketing',
  'Productivity',
  'Sales and CRM',
  'Security',
  'Social Media',
  'Website',
];

/** Rules of Microsoft's validator, under its own names. */
const microsofts = {
  OperationIdNotUnique: {
    says: 'Each operationId stands once.',
    broken: (definition) => repeated(operationsOf(definition).map(({ operation }) => operation.operationId ?? '')),
  },
  OperationSummaryTooLong: {
    says: 'A summary has at most 80 characters.',
    broken: (definition) =>
      where(operationsOf(definition).filter(({ operation }) => (operation.summary ?? '').length > 80)),
  },
  RestrictedCharactersInSummary: {
    says: 'A summary has no slash.',
    broken: (definition) => where(operationsOf(definition).filter(({ operation }) => operation.summary?.includes('/'))),
  },
  ValueMustEndWithAlphanumeric: {
    says: 'A name ends with a letter or a digit.',
    broken: (definition) => where(names(definition).filter(({ text }) => text !== '' && !/[\p{L}\p{N}]$/u.test(text))),
  },
  ValueContainsRestrictedWords: {
    says: 'The title names neither an API nor a connector.',
    broken: ({ info }) => (/\b(api|connector)\b/i.test(info.title ?? '') ? ['info.title'] : []),
  },
  OperationMustHaveResponse: {
    says: 'Each operation has a response.',
    broken: (definition) =>
      where(operationsOf(definition).filter(({ operation }) => Object.keys(operation.responses ?? {}).length === 0)),
  },
  OperationHasManyResponsesWithSchema: {
    says: 'One response of an operation has a schema.',
    broken: (definition) =>
      where(operationsOf(definition).filter(({ operation }) => statusesWithSchema(operation).length > 1)),
  },
  SchemaDefinitionSetIncorrectly: {
    says: 'The schema stands on 200 or 201.',
    broken: (definition) =>
      where(
        operationsOf(definition).filter(({ operation }) => {
          const statuses = statusesWithSchema(operation);
          return statuses.length === 1 && !['200', '201'].includes(statuses[0] ?? '');
        }),
      ),
  },
  DefaultResponseHasSchema: {
    says: 'The default response has no schema.',
    broken: (definition) =>
      where(operationsOf(definition).filter(({ operation }) => operation.responses?.default?.schema !== undefined)),
  },
  PathParameterMissingEncoding: {
    says: 'A path parameter says how it is encoded.',
    broken: (definition) =>
      where(
        parametersOf(definition).filter(
          ({ parameter }) => parameter.in === 'path' && parameter['x-ms-url-encoding'] === undefined,
        ),
      ),
  },
  OperationMissingPathParameter: {
    says: 'Each name in braces of a path is a required parameter of its operations.',
    broken: (definition) =>
      operationsOf(definition).flatMap(({ path, operation, at }) =>
        [...path.matchAll(/\{(\w+)\}/g)]
          .map(([, name = '']) => name)
          .filter(
            (name) => !operation.parameters?.some((one) => one.in === 'path' && one.name === name && one.required),
          )
          .map((name) => `${at}, parameter ${name}`),
      ),
  },
  ParameterReferenceNotFound: {
    says: 'Every reference leads somewhere.',
    broken: (definition) => {
      const ids = operationsOf(definition).map(({ operation }) => operation.operationId);
      const lost = [...JSON.stringify(definition).matchAll(/"\$ref":"#\/(\w+)\/([^"]+)"/g)]
        .filter(
          ([, place = '', name = '']) => !(name in ((definition as unknown as Record<string, object>)[place] ?? {})),
        )
        .map(([found]) => found);
      const called = parametersOf(definition).filter(({ parameter }) => {
        const values = parameter['x-ms-dynamic-values'];
        return values !== undefined && !ids.includes(values.operationId);
      });
      return [...lost, ...where(called)];
    },
  },
  DuplicateOperationPath: {
    says: 'No two paths differ by the names of their parameters alone.',
    broken: ({ paths }) => repeated(Object.keys(paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}').toLowerCase())),
  },
  InternalPropertyWithDefaultOptional: {
    says: 'What is internal and required has a default.',
    broken: (definition) => [
      ...where(
        parametersOf(definition).filter(
          ({ parameter }) =>
            parameter['x-ms-visibility'] === 'internal' && parameter.required && parameter.default === undefined,
        ),
      ),
      ...where(
        membersOfAll(definition).filter(
          ({ member, needed }) => member['x-ms-visibility'] === 'internal' && needed && member.default === undefined,
        ),
      ),
    ],
  },
  SwaggerKeywordNotSupported: {
    says: 'Only keywords that Power Platform knows.',
    broken: (definition) => where(refusedNames(definition).filter(({ name }) => !name.startsWith('x-ms-'))),
  },
  ExtensionNameNotValid: {
    says: 'Only x-ms- extensions that Power Platform knows.',
    broken: (definition) => where(refusedNames(definition).filter(({ name }) => name.startsWith('x-ms-'))),
  },
  ConnectorMetadataPropertiesMissing: {
    says: 'The metadata are Website, Privacy policy and Categories, and nothing else.',
    broken: (definition) => {
      const found = (definition['x-ms-connector-metadata'] ?? []).map(({ propertyName }) => propertyName).sort();
      return found.join() === 'Categories,Privacy policy,Website' ? [] : ['x-ms-connector-metadata'];
    },
  },
  InvalidConnectorCategory: {
    says: 'A category is one of Microsoft’s list.',
    broken: (definition) => categoriesOf(definition).filter((category) => !categories.includes(category)),
  },
  TooManyConnectorCategories: {
    says: 'There are at most two categories.',
    broken: (definition) => categoriesOf(definition).slice(2),
  },
  ProductionStatusOnBetaService: {
    says: 'A connector over a beta service is a preview, and so is each operation.',
    broken: (definition) => [
      ...(definition.info['x-ms-api-annotation']?.status === 'Preview' ? [] : ['info']),
      ...where(
        operationsOf(definition).filter(({ operation }) => operation['x-ms-api-annotation']?.status !== 'Preview'),
      ),
    ],
  },
} as const satisfies Record<string, Rule>;

/** What Microsoft's guide to certification asks for without a name of a rule; the names are ours. */
const guides = {
  OperationIdNotPascalCase: {
    says: 'An operationId is in Pascal case.',
    broken: (definition) =>
      where(
        operationsOf(definition).filter(({ operation }) => !/^([A-Z][a-z0-9]*)+$/.test(operation.operationId ?? '')),
      ),
  },
  SummaryNotSentenceCase: {
    says: 'A summary begins with a capital, and goes on in small letters.',
    broken: (definition) =>
      where(operationsOf(definition).filter(({ operation }) => !/^[A-Z][^A-Z]*$/.test(operation.summary ?? ''))),
  },
  DescriptionNotASentence: {
    says: 'A description is a sentence with a full stop, and is not the summary.',
    broken: (definition) => [
      ...where(
        operationsOf(definition).filter(
          ({ operation }) =>
            !isSentence(operation.description) || operation.description === `${operation.summary ?? ''}.`,
        ),
      ),
      ...where(parametersOf(definition).filter(({ parameter }) => !isSentence(parameter.description))),
      ...where(membersOfAll(definition).filter(({ member }) => !isSentence(member.description))),
    ],
  },
  SummaryNotTitleCase: {
    says: 'Each parameter and property has an x-ms-summary in title case.',
    broken: (definition) =>
      where(
        [
          ...parametersOf(definition).map(({ parameter, at }) => ({ at, text: parameter['x-ms-summary'] })),
          ...membersOfAll(definition).map(({ member, at }) => ({ at, text: member['x-ms-summary'] })),
        ].filter(({ text }) => !/^[A-Z]\S*( [A-Z]\S*)*$/.test(text ?? '')),
      ),
  },
  TitleTooLong: {
    says: 'The title has at most 30 characters.',
    broken: ({ info }) => ((info.title ?? '').length > 30 ? ['info.title'] : []),
  },
  DescriptionLength: {
    says: 'The description of the connector has 30 to 500 characters.',
    broken: ({ info: { description = '' } }) =>
      description.length < 30 || description.length > 500 ? ['info.description'] : [],
  },
  ContactMissing: {
    says: 'There is somebody to ask: name, url and email.',
    broken: ({ info: { contact = {} } }) =>
      ['name', 'url', 'email'].filter((name) => !contact[name]).map((name) => `info.contact.${name}`),
  },
} as const satisfies Record<string, Rule>;

const isSentence = (text = '') => /^[A-Z].*\.$/s.test(text);

function statusesWithSchema({ responses = {} }: Operation): string[] {
  return Object.keys(responses).filter((status) => status !== 'default' && responses[status]?.schema !== undefined);
}

/** Every rule by its name. */
export const rules: Readonly<Record<string, Rule>> = { ...microsofts, ...guides };
