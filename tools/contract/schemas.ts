import { batchLimit } from '../../src/graph/batch.js';
import type { Field, Validation } from '../../src/resource/field.js';
import { controlInformation } from '../../src/resource/parse.js';
import type { Resource } from '../../src/resource/resource.js';
import { filled } from './filled.js';
import { idSchema } from './parameters.js';

type Schema = Readonly<Record<string, unknown>>;

const object = (description: string, properties: Record<string, Schema>, required: readonly string[]): Schema => ({
  type: 'object',
  description,
  required,
  properties,
});

const number = (description: string): Schema => ({ type: 'integer', minimum: 0, description });

/** How many of many ended how. */
const counts = {
  total: number('All of them.'),
  applied: number('Those that are applied.'),
  notApplied: number('Those that are certainly not applied.'),
  unknown: number('Those of which nobody can tell.'),
};

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });

/**
 * A value as Graph shows it: any member of an enumeration, and any number, may appear one day. Null stands for none, and for one that is
 * not of its property's type.
 */
function shown({ title, description: meaning, jsonSchema, members }: Field<unknown>): Schema {
  const { type, format } = jsonSchema('documented');
  const description = members ? `${meaning} Today ${Object.keys(members).join(', ')}; others may appear.` : meaning;
  const [known] = [type].flat();
  return { type: [known, 'null'], ...(format !== undefined && { format }), title, description };
}

/** Schemas of bodies and answers in JSON Schema 2020-12, made from the resource's table. */
export function schemasOf(resource: Resource, validation: Validation): Record<string, Schema> {
  return filled(templatesOf(resource, validation), resource);
}

function templatesOf({ fields, odataType }: Resource, validation: Validation): Record<string, Schema> {
  const names = Object.keys(fields);
  const map = (write: (field: Field<unknown>) => Schema) =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, write(field)]));
  const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const updates = (maxItems: number): Schema => ({
    type: 'array',
    title: 'Updates',
    description: 'The updates, each with the id of its {{object}}.',
    minItems: 1,
    maxItems,
    items: reference('{{Type}}Row'),
  });
  const schemas: Record<string, Schema> = {
    '{{Type}}Update': {
      type: 'object',
      description: 'What to change: at least one property. What is left out stays as it is.',
      propertyNames: { anyOf: [{ enum: [...names, 'id', '@odata.type'] }, { pattern: controlInformation.source }] },
      // One of the resource's own at least. Generators of clients read anyOf as another type for the whole body, and then let everything through.
      not: { propertyNames: { pattern: `^id$|@` } },
      properties: {
        ...map((field) => ({
          title: field.title,
          description: field.description,
          ...field.jsonSchema(validation),
        })),
        id: { ...idSchema, description: 'If it is there, the id of the path.' },
        '@odata.type': {
          type: 'string',
          enum: [odataType, odataType.slice(1)],
          description: 'Taken, and not needed. Other control information of OData is dropped.',
        },
      },
    },
    '{{Type}}Batch': {
      ...object(
        'Updates of different {{objects}}.',
        {
          updates: updates(batchLimit),
        },
        ['updates'],
      ),
      additionalProperties: false,
    },
    '{{Type}}BatchResult': object(
      'What became of each update.',
      {
        summary: object('How many updates ended how.', counts, ['total', 'applied', 'notApplied', 'unknown']),
        results: {
          type: 'array',
          description: 'One for each update, in their order.',
          items: object(
            'What became of one update.',
            {
              id: { ...idSchema, title: 'Id', description: 'Id of the {{object}}, as it was sent.' },
              outcome: text('What became of it: applied, not-applied (certain) or unknown.', {
                enum: ['applied', 'not-applied', 'unknown'],
              }),
              object: reference('{{Type}}'),
              problem: reference('Problem'),
            },
            ['id', 'outcome'],
          ),
        },
      },
      ['summary', 'results'],
    ),
    '{{Type}}': object(
      'A {{object}}, as Microsoft Graph has it.',
      { id: { ...idSchema, title: 'Id', description: 'Id of the {{object}}.' }, ...map(shown) },
      ['id'],
    ),
    '{{Type}}List': object(
      'Some {{objects}}.',
      {
        value: { type: 'array', title: '{{Objects}}', description: 'The {{objects}}.', items: reference('{{Type}}') },
        nextLink: text('Address of the next ones; not there when these are the last.', {
          title: 'Next link',
          format: 'uri',
        }),
      },
      ['value'],
    ),
    '{{Object}}Labels': object(
      'Texts that tell {{objects}} apart.',
      {
        value: {
          type: 'array',
          title: 'Labels',
          description: 'One for each {{object}}.',
          items: object(
            'One {{object}}.',
            {
              id: { ...idSchema, title: 'Id', description: 'Id of the {{object}}.' },
              label: text('What tells it from others.', { title: 'Label' }),
            },
            ['id', 'label'],
          ),
        },
      },
      ['value'],
    ),
    Preview: object(
      'What an update would change.',
      {
        id: { ...idSchema, title: 'Id', description: 'Id of the {{object}}.' },
        changes: {
          type: 'array',
          title: 'Changes',
          description: 'One entry for each property that would change.',
          items: object(
            'One change.',
            {
              property: text('Name of the property.', { title: 'Property', enum: names }),
              from: { title: 'From', description: 'The value at present; null when there is none.' },
              to: { title: 'To', description: 'The value that the update would set.' },
            },
            ['property', 'from', 'to'],
          ),
        },
      },
      ['id', 'changes'],
    ),
    PreviousUpdates: object('Updates that bring the values before back.', { updates: updates(10_000) }, ['updates']),
    JobUpdates: {
      type: 'object',
      description: 'Updates of different {{objects}}: a list of them, or a table.',
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
      properties: {
        updates: updates(10_000),
        csv: {
          type: 'string',
          title: 'CSV',
          description:
            'A table with a header line: id, and a column for each property to change. An empty cell leaves a value as it is.',
        },
      },
    },
    ...jobSchemas,
    Live: object('The process is up.', { status: { const: 'live' } }, ['status']),
    Ready: object(
      'Updates can succeed at present.',
      {
        status: { const: 'ready' },
        checks: {
          type: 'array',
          description:
            'For callers who may write: each thing that was looked at. Storage and telemetry may fail, and updates succeed all the same; jobs need storage.',
          items: object(
            'One thing that was looked at.',
            {
              name: text('What was looked at.'),
              ok: { type: 'boolean' },
              message: text('What was found, and what mends it.'),
            },
            ['name', 'ok', 'message'],
          ),
        },
      },
      ['status'],
    ),
    Problem: problemSchema,
  };
  return { ...schemas, '{{Type}}Row': asRow(schemas['{{Type}}Update'] ?? {}) };
}

/** An update as one of many: its id is in it. */
function asRow({ properties, ...update }: Schema): Schema {
  const others = Object.entries(properties as Record<string, Schema>).filter(([name]) => name !== 'id');
  const id = { ...idSchema, title: 'Id', description: 'Id of the {{object}}, as the list of {{objects}} gives it.' };
  return {
    ...update,
    description: 'One of many updates: which {{object}}, and what to change. What is left out stays as it is.',
    required: ['id'],
    properties: Object.fromEntries([['id', id], ...others]),
  };
}

const instant = (description: string) => text(description, { format: 'date-time' });

const jobStatus = text('How far it has come. The last four are ends.', {
  enum: ['NotStarted', 'Running', 'Canceling', 'Succeeded', 'CompletedWithErrors', 'Canceled', 'Failed'],
});

const job = {
  jobId: text('Id of the job.'),
  status: jobStatus,
  submittedAt: instant('When it was submitted.'),
  endedAt: instant('When it ended; not there before.'),
};

/** A job, and what is told of it. */
const jobSchemas = {
  Job: object(
    'A job, as it stands.',
    {
      ...job,
      rows: object(
        'How many rows there are, and what became of them so far.',
        {
          ...counts,
          canceled: number('Rows that were canceled before they were sent.'),
          pending: number('Rows that have no result yet.'),
        },
        ['total', 'applied', 'notApplied', 'unknown', 'canceled', 'pending'],
      ),
      percent: { type: 'integer', minimum: 0, maximum: 100, description: 'How many rows of a hundred have a result.' },
      estimatedEndAt: instant('When it may end, going by how it went so far; not there when it has ended.'),
    },
    ['jobId', 'status', 'submittedAt', 'rows', 'percent'],
  ),
  JobList: object(
    'Some jobs.',
    {
      value: {
        type: 'array',
        description: 'The jobs, newest first.',
        items: object(
          'A job.',
          { ...job, rows: object('How many rows there are.', { total: counts.total }, ['total']) },
          [...['jobId', 'status', 'submittedAt', 'rows']],
        ),
      },
    },
    ['value'],
  ),
  JobResult: object(
    'What became of each row.',
    {
      value: {
        type: 'array',
        description: 'One for each row, in their order.',
        items: object(
          'What became of one row.',
          {
            row: { type: 'integer', minimum: 1, description: 'Number of the row.' },
            id: { ...idSchema, title: 'Id', description: 'Id of the {{object}}, as it was sent.' },
            outcome: text(
              'What became of it. applied, not-applied and canceled are certain; unknown: nobody can tell.',
              {
                enum: ['applied', 'not-applied', 'unknown', 'canceled'],
              },
            ),
            code: text('Code of the problem, where there was one.'),
            detail: text('What it means.'),
            from: {
              type: 'object',
              description: 'The values before, of what the row was to change, as far as they are known.',
            },
          },
          ['row', 'id', 'outcome'],
        ),
      },
    },
    ['value'],
  ),
};

/** RFC 9457 with what this API adds to it. */
const problemSchema = object(
  'Why a call failed, and what became of its update.',
  {
    type: text('Kind of the problem, as a URN.', { pattern: '^urn:model-performance:problem:[a-z-]+$' }),
    title: text('What happened.'),
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'Status of the answer.' },
    detail: text('What can be done about it.'),
    instance: text('This occurrence, as a URN that ends with the request id.'),
    outcome: text(
      'What became of the update. not-applied is certain; unknown: the update left this API, and no trustworthy answer came.',
      {
        enum: ['not-applied', 'unknown'],
      },
    ),
    retryAfterSeconds: { type: 'integer', minimum: 0, description: 'How long to wait before the same call again.' },
    errors: {
      type: 'array',
      description: 'Each mistake, or each thing that has to be mended.',
      items: object(
        'One mistake.',
        {
          pointer: text('Where it is: a JSON pointer, or a slash and the name of a parameter.'),
          code: text('For programs.'),
          message: text('For people.'),
        },
        ['pointer', 'code', 'message'],
      ),
    },
    errorsTotal: {
      type: 'integer',
      minimum: 1,
      description: 'How many mistakes many updates have, if not all are listed.',
    },
    error: object(
      'The same in two texts, for flows.',
      { code: text('The last part of type.'), message: text('All that a person needs to know.') },
      ['code', 'message'],
    ),
  },
  ['type', 'title', 'status', 'detail', 'instance', 'outcome', 'error'],
);
