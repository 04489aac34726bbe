import {
  answerOf,
  below,
  fieldsOf,
  namedOf,
  operationsOf,
  placesOf,
  successesOf,
  type Definition,
  type DynamicValues,
  type Operation,
  type Properties,
} from './definition.js';

/** A rule, and the places that break it. */
export interface Rule {
  readonly description: string;
  readonly broken: (definition: Definition, properties: Properties) => readonly string[];
}

const isSentence = (text = '') => /^[A-Z].*\.$/s.test(text);

function dropDownLeadsNowhere(definition: Definition, values: DynamicValues): boolean {
  const operation = operationsOf(definition).find(({ one }) => one.operationId === values.operationId)?.one;
  const collection = values['value-collection'];
  const answer = operation && answerOf(operation);
  const item = (collection === undefined ? answer : below(answer, collection))?.items;
  const known = operation?.parameters?.map(({ name }) => name) ?? [];
  return (
    [values['value-path'], values['value-title'] ?? values['value-path']].some(
      (path) => below(item, path) === undefined,
    ) || Object.keys(values.parameters ?? {}).some((name) => !known.includes(name))
  );
}

const isOtherThanJson = ({ produces = [], consumes = [] }: Pick<Operation, 'produces' | 'consumes'>) =>
  [...produces, ...consumes].some((type) => type !== 'application/json');

const typeOf: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
};

/** Names of products that only Microsoft may use for what it makes. */
const products = /power ?(automate|apps|platform|virtual agents)|copilot|logic apps|dataverse/i;

/** Every rule by its name: Microsoft's own where its validator has one. */
export const rules = {
  OperationSummaryTooLong: {
    description: 'A summary has at most 80 characters.',
    broken: (definition) => placesOf(operationsOf(definition), ({ summary = '' }) => summary.length > 80),
  },
  ValueContainsRestrictedWords: {
    description:
      'The title names neither an API nor a connector, and no text names one of Microsoft’s products for flows.',
    broken: (definition) => [
      ...(/\b(api|connector)\b/i.test(definition.info.title) ? ['info.title'] : []),
      ...(products.test(`${definition.info.title} ${definition.info.description}`) ? ['info'] : []),
      ...placesOf(operationsOf(definition), ({ summary = '', description = '' }) =>
        products.test(summary + description),
      ),
      ...placesOf(namedOf(definition), (one) => products.test(`${one['x-ms-summary'] ?? ''} ${one.description ?? ''}`)),
    ],
  },
  OperationHasManyResponsesWithSchema: {
    description: 'An operation has one success.',
    broken: (definition) => placesOf(operationsOf(definition), (operation) => successesOf(operation).length !== 1),
  },
  SchemaDefinitionSetIncorrectly: {
    description: 'A schema stands on 200 or 201 alone.',
    broken: (definition) =>
      placesOf(operationsOf(definition), ({ responses }) =>
        Object.entries(responses).some(([status, { schema }]) => schema !== undefined && !/^20[01]$/.test(status)),
      ),
  },
  OnlyJson: {
    description: 'Everything is JSON: flows read nothing else as it is.',
    broken: (definition) => [
      ...(isOtherThanJson(definition) ? ['the whole'] : []),
      ...placesOf(operationsOf(definition), isOtherThanJson),
    ],
  },
  DynamicValuesLeadNowhere: {
    description: 'A drop-down’s operation, its parameters and its paths exist.',
    broken: (definition) =>
      placesOf(fieldsOf(definition), (one) => {
        const values = one['x-ms-dynamic-values'];
        return values !== undefined && dropDownLeadsNowhere(definition, values);
      }),
  },
  EnumWithoutDisplayNames: {
    description: 'Each member of an enumeration has a name that people read.',
    broken: (definition) =>
      placesOf(fieldsOf(definition), (one) => {
        const named = one['x-ms-enum-values']?.filter(({ displayName }) => displayName).map(({ value }) => value);
        return one.enum !== undefined && JSON.stringify(one.enum) !== JSON.stringify(named);
      }),
  },
  DefaultOfAnotherType: {
    description: 'A default is of its field’s type.',
    broken: (definition) =>
      placesOf(
        fieldsOf(definition),
        (one) => one.default !== undefined && typeOf[one.type ?? '']?.(one.default) !== true,
      ),
  },
  DescriptionNotASentence: {
    description: 'A description is a sentence with a full stop, and is not the summary.',
    broken: (definition) => [
      ...placesOf(
        operationsOf(definition),
        ({ description, summary = '' }) => !isSentence(description) || description === `${summary}.`,
      ),
      ...placesOf(namedOf(definition), ({ description }) => !isSentence(description)),
    ],
  },
  SummaryNotTitleCase: {
    description: 'Each parameter and property has an x-ms-summary in title case.',
    broken: (definition) =>
      placesOf(namedOf(definition), (one) => !/^[A-Z(]\S*( [A-Z(]\S*)*$/.test(one['x-ms-summary'] ?? '')),
  },
  OperationNotFound: {
    description: 'Policies, paging and the test of a connection name what exists.',
    broken: (definition, { properties: { policyTemplateInstances = [] } }) => {
      const operations = operationsOf(definition);
      const ids = operations.map(({ one }) => one.operationId);
      const named = policyTemplateInstances.flatMap(
        ({ parameters = {} }) => (parameters['x-ms-apimTemplate-operationName'] ?? []) as string[],
      );
      const tested = definition['x-ms-capabilities']?.testConnection?.operationId ?? [];
      return [
        ...named.concat(tested).filter((id) => !ids.includes(id)),
        ...placesOf(operations, (operation) => {
          const link = operation['x-ms-pageable']?.nextLinkName;
          return link !== undefined && below(answerOf(operation), link) === undefined;
        }),
      ];
    },
  },
} as const satisfies Record<string, Rule>;
