/** A schema or a parameter, with every reference followed. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly 'x-ms-summary'?: string;
  readonly 'x-ms-enum-values'?: readonly { readonly value: unknown; readonly displayName?: string }[];
  readonly 'x-ms-dynamic-values'?: DynamicValues;
}

export interface DynamicValues {
  readonly operationId: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly 'value-collection'?: string;
  readonly 'value-path': string;
  readonly 'value-title'?: string;
}

export interface Parameter extends Schema {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly produces?: readonly string[];
  readonly consumes?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
  readonly 'x-ms-pageable'?: { readonly nextLinkName: string };
}

/** A connector's definition that Microsoft's schema takes, with every reference followed. */
export interface Definition {
  readonly info: { readonly title: string; readonly description: string };
  readonly consumes?: readonly string[];
  readonly produces?: readonly string[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly 'x-ms-capabilities'?: { readonly testConnection?: { readonly operationId: string } };
}

/** The operations that policies of `apiProperties.json` name. */
export interface Properties {
  readonly properties: {
    readonly policyTemplateInstances?: readonly { readonly parameters?: Readonly<Record<string, unknown>> }[];
  };
}

export interface Place<T> {
  readonly one: T;
  readonly at: string;
}

const methods = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options'];

export const operationsOf = ({ paths }: Definition): Place<Operation>[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ one: operation as Operation, at: `${method.toUpperCase()} ${path}` })),
  );

export const successesOf = ({ responses }: Operation) =>
  Object.keys(responses).filter((status) => status.startsWith('2'));

export const answerOf = (operation: Operation): Schema | undefined =>
  successesOf(operation).flatMap((status) => operation.responses[status]?.schema ?? [])[0];

/** What is below a schema, each with its place. */
const membersOf = (schema: Schema, at: string): Place<Schema>[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => [
    { one, at: `${at}.${name}` },
    ...membersOf(one, `${at}.${name}`),
  ]),
  ...(schema.items === undefined ? [] : membersOf(schema.items, `${at}[]`)),
];

/** What a maker fills: parameters, and what is inside a body. */
export const fieldsOf = (definition: Definition): Place<Schema>[] =>
  operationsOf(definition).flatMap(({ one: { parameters = [] }, at }) =>
    parameters.flatMap((parameter) => [
      { one: parameter, at: `${at}, ${parameter.name}` },
      ...membersOf(parameter.schema ?? {}, `${at}, ${parameter.name}`),
    ]),
  );

/** Everything that a maker reads the name of: fields, and what an answer offers. */
export const namedOf = (definition: Definition): Place<Schema>[] => [
  ...fieldsOf(definition),
  ...operationsOf(definition).flatMap(({ one, at }) => membersOf(answerOf(one) ?? {}, `${at}, answer`)),
];

export const placesOf = <T>(places: readonly Place<T>[], isBroken: (one: T) => boolean) =>
  places.filter(({ one }) => isBroken(one)).map(({ at }) => at);

/** What stands below a schema at a path such as `value/id`. */
export const below = (schema: Schema | undefined, path: string) =>
  path.split('/').reduce((at, name) => at?.properties?.[name], schema);
