import { problems, type Code } from '../../src/problem.js';
import type { Resource } from '../../src/resource/resource.js';
import { worded, type Words } from '../../src/resource/words.js';
import { filled } from './filled.js';

/** What people and generators read of one operation: a name, words, what goes in and what can come out. */
export interface Operation {
  /** Pascal case: flows and clients know the operation by it. */
  readonly operationId: string;
  readonly tag: string;
  /** A few words in sentence case, no full stop. */
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly string[];
  /** Name of a schema. */
  readonly body?: string;
  /** Of a success; 200 by default. */
  readonly status?: 201;
  /** The content of a success by its type: the name of a schema, or `text` or `json`. */
  readonly answers: { readonly description: string; readonly content: Readonly<Record<string, string>> };
  /** Problems that this operation can answer with. */
  readonly problems: readonly Code[];
  /** Part of the connector for flow makers; `internal` is for its drop-downs alone. */
  readonly connector?: true | 'internal';
}

/** Whatever the operation, before its own work begins or when that fails in a way that nobody foresaw. */
const always = ['precondition-not-supported', 'internal', 'not-configured', 'shutting-down'] as const;
const called = [...always, 'unauthenticated', 'invalid-token', 'forbidden', 'signing-keys-unavailable'] as const;
const bodyRead = [
  'invalid-query',
  'invalid-json',
  'invalid-body',
  'null-not-confirmed',
  'duplicate-key',
  'body-too-large',
  'unsupported-media-type',
] as const;
const graphRead = [
  'conflict',
  'rejected-by-graph',
  'graph-permission-missing',
  'operation-not-supported-by-graph',
  'graph-throttled',
  'graph-error',
  'graph-rejected-credentials',
  'graph-redirected',
  'graph-connection-lost',
  'graph-unavailable',
  'graph-unreachable',
  'identity-unavailable',
  'graph-timeout',
] as const;
const stored = [...called, 'storage-unavailable'] as const;
const ofJob = [...stored, 'job-not-found'] as const;
const item = ['invalid-id', ...called, 'not-found', ...graphRead] as const;

/** Stands for the properties by which the resource's list can be filtered. */
const allFilters = '{{filters}}';

/** Routes that a browser loads and no program calls: they are left out of the contract. */
export const pages: readonly string[] = ['docs', 'docs/{file}'];

/** Every operation, by method and path below `/api`. Which of them exist is told by `app.ts`; a test holds the two lists against each other. */
const templates: Readonly<Record<string, Operation>> = {
  'GET /v1/{{name}}': {
    operationId: 'List{{Type}}',
    tag: '{{Objects}}',
    summary: 'List {{title}}',
    description:
      'Lists the {{objects}} that fit the filters. When there are more of them, or more to look through, nextLink leads on: a page can be empty.',
    parameters: [allFilters, 'limit', 'cursor', 'excel'],
    answers: {
      description: 'The {{objects}}; as CSV for who prefers it, with the link to the next page in the Link header.',
      content: { 'application/json': '{{Type}}List', 'text/csv': 'text' },
    },
    problems: ['invalid-query', ...called, ...graphRead],
    connector: true,
  },
  'POST /v1/{{name}}/batch': {
    operationId: 'UpdateMany',
    tag: '{{Objects}}',
    summary: 'Update many',
    description:
      'Changes up to 20 {{objects}}, each as a single update does, and tells what became of each. One update that is invalid refuses all.',
    parameters: ['null'],
    body: '{{Type}}Batch',
    answers: {
      description: 'What became of each update, in the order of the request.',
      content: { 'application/json': '{{Type}}BatchResult' },
    },
    problems: [...called, ...bodyRead, 'not-found', ...graphRead],
    connector: true,
  },
  'GET /v1/{{name}}/jobs': {
    operationId: 'ListBulkUpdates',
    tag: 'Jobs',
    summary: 'List bulk updates',
    description: 'Lists the newest 100 jobs of the caller, newest first.',
    parameters: ['of'],
    answers: { description: 'The jobs.', content: { 'application/json': 'JobList' } },
    problems: ['invalid-query', ...stored],
  },
  'POST /v1/{{name}}/jobs': {
    operationId: 'StartBulkUpdate',
    tag: 'Jobs',
    summary: 'Start bulk update',
    description:
      'Accepts up to 10 000 updates, as a list or as a table, which are then applied as fast as Microsoft Graph allows. The same key and the same rows are the same job, however often they are sent. One invalid update refuses all.',
    parameters: ['idempotencyKey', 'null'],
    body: 'JobUpdates',
    status: 201,
    answers: { description: 'The job is accepted, or was before.', content: { 'application/json': 'Job' } },
    problems: [...stored, ...bodyRead, 'invalid-csv', 'invalid-idempotency-key', 'idempotency-key-reused'],
    connector: true,
  },
  'GET /v1/{{name}}/jobs/{jobId}': {
    operationId: 'GetBulkUpdate',
    tag: 'Jobs',
    summary: 'Get bulk update',
    description: 'Tells how far a job has come.',
    parameters: ['jobId'],
    answers: { description: 'The job as it stands.', content: { 'application/json': 'Job' } },
    problems: ofJob,
    connector: true,
  },
  'DELETE /v1/{{name}}/jobs/{jobId}': {
    operationId: 'CancelBulkUpdate',
    tag: 'Jobs',
    summary: 'Cancel bulk update',
    description: 'Cancels what has not been sent. What was sent keeps its result; a job that has ended stays as it is.',
    parameters: ['jobId'],
    answers: { description: 'The job as it stands.', content: { 'application/json': 'Job' } },
    problems: ofJob,
    connector: true,
  },
  'GET /v1/{{name}}/jobs/{jobId}/result': {
    operationId: 'GetBulkResult',
    tag: 'Jobs',
    summary: 'Get bulk result',
    description: 'Tells what became of each row of a job that has ended.',
    parameters: ['jobId', 'excel'],
    answers: {
      description: 'A result for each row.',
      content: { 'application/json': 'JobResult', 'text/csv': 'text' },
    },
    problems: ['invalid-query', ...ofJob, 'job-not-finished'],
    connector: true,
  },
  'GET /v1/{{name}}/jobs/{jobId}/previous': {
    operationId: 'GetValuesBefore',
    tag: 'Jobs',
    summary: 'Get values before bulk update',
    description: 'Gives the values before of the applied rows, in the form that a job takes: submitted, they undo it.',
    parameters: ['jobId', 'include', 'excel'],
    answers: {
      description: 'The values before.',
      content: { 'application/json': 'PreviousUpdates', 'text/csv': 'text' },
    },
    problems: ['invalid-query', ...ofJob, 'job-not-finished'],
  },
  'GET /v1/{{name}}/labels': {
    operationId: 'ListLabels',
    tag: '{{Objects}}',
    summary: 'List labels',
    description:
      'Lists a text for each {{object}} by which people tell it from others, for drop-downs: at most 1 000, sorted.',
    answers: { description: 'The labels.', content: { 'application/json': '{{Object}}Labels' } },
    problems: [...called, ...graphRead],
    connector: 'internal',
  },
  'GET /v1/{{name}}/{id}': {
    operationId: 'Get{{Type}}',
    tag: '{{Objects}}',
    summary: 'Get {{title}}',
    description: 'Gives the properties of one {{object}}.',
    parameters: ['id'],
    answers: { description: 'The {{object}} as Microsoft Graph has it.', content: { 'application/json': '{{Type}}' } },
    problems: item,
    connector: true,
  },
  'PATCH /v1/{{name}}/{id}': {
    operationId: 'Update{{Type}}',
    tag: '{{Objects}}',
    summary: 'Update {{title}}',
    description:
      'Changes the properties that are given, leaves the others as they are, and answers only when the new values are seen.',
    parameters: ['id', 'null'],
    body: '{{Type}}Update',
    answers: {
      description: 'The update is applied: the {{object}} as Microsoft Graph now has it.',
      content: { 'application/json': '{{Type}}' },
    },
    problems: [...item, ...bodyRead, 'update-not-visible', 'update-unverified'],
    connector: true,
  },
  'POST /v1/{{name}}/{id}/preview': {
    operationId: 'PreviewUpdate',
    tag: '{{Objects}}',
    summary: 'Preview update',
    description: 'Makes every check of an update and tells what it would change, without changing anything.',
    parameters: ['id', 'null'],
    body: '{{Type}}Update',
    answers: { description: 'What an update would change.', content: { 'application/json': 'Preview' } },
    problems: [...item, ...bodyRead],
    connector: true,
  },
  'GET /health/live': {
    operationId: 'GetLive',
    tag: 'Health',
    summary: 'Tell whether the process answers',
    description: 'Answers as long as the process is up, and looks at nothing else.',
    answers: { description: 'The process is up.', content: { 'application/json': 'Live' } },
    problems: always,
  },
  'GET /health/ready': {
    operationId: 'GetReady',
    tag: 'Health',
    summary: 'Tell whether updates can succeed',
    description:
      'Looks at the identity and at Microsoft Graph, at most once in a few seconds. With a token that may write, it tells each check, those of storage and telemetry too, and what mends it.',
    answers: { description: 'Updates can succeed at present.', content: { 'application/json': 'Ready' } },
    problems: [...always, 'not-ready'],
  },
  'GET /openapi.json': {
    operationId: 'GetContract',
    tag: 'Contract',
    summary: 'Get this contract',
    description: 'Gives the contract of this API as OpenAPI 3.1, as strict as this deployment validates.',
    answers: { description: 'The contract.', content: { 'application/json': 'json' } },
    problems: always,
  },
};

/** The operations of a resource and of the API around it, by method and path below `/api`. */
export function operationsOf(resource: Resource): Readonly<Record<string, Operation>> {
  const own = (names: Operation['parameters']) =>
    names?.flatMap((name) => (name === allFilters ? resource.filters : [name]));
  return Object.fromEntries(
    Object.entries(filled(templates, resource)).map(([key, operation]) => {
      const parameters = own(operation.parameters);
      return [key, { ...operation, ...(parameters && { parameters }) }];
    }),
  );
}

/** The problems of an operation by their status, each with the words for all that have it. */
export function problemsByStatus(
  { problems: codes }: Operation,
  words: Words,
): { status: string; codes: Code[]; description: string }[] {
  const byStatus = Object.groupBy(codes, (code) => problems[code].status) as Record<string, Code[]>;
  return Object.entries(byStatus).map(([status, some]) => {
    const description = some.map((code) => `${worded(problems[code].title, words)} (\`${code}\`).`).join(' ');
    return { status, codes: some, description };
  });
}
