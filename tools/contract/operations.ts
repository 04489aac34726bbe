import { problems, type Code } from '../../src/problem.js';
import type { ParameterName } from './parameters.js';

/** What a 200 carries: a schema of the contract, or another kind of content. */
export type Content =
  | 'ModelPerformance'
  | 'ModelPerformanceList'
  | 'ModelLabels'
  | 'ModelPerformanceBatchResult'
  | 'Preview'
  | 'Job'
  | 'JobList'
  | 'JobResult'
  | 'PreviousUpdates'
  | 'Live'
  | 'Ready'
  | 'text'
  | 'json';

/** What people and generators read of one operation: a name, words, what goes in and what can come out. */
export interface Operation {
  /** Pascal case: flows and clients know the operation by it. */
  readonly operationId: string;
  readonly tag: 'Models' | 'Jobs' | 'Health' | 'Contract';
  /** A few words in sentence case, no full stop. */
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly ParameterName[];
  readonly body?: 'ModelPerformanceUpdate' | 'ModelPerformanceBatch' | 'JobUpdates';
  /** Of a success; 200 by default. */
  readonly status?: 201;
  readonly answers: { readonly says: string; readonly content: Readonly<Record<string, Content>> };
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

/** Routes that a browser loads and no program calls: they are left out of the contract. */
export const pages: readonly string[] = ['docs', 'docs/{file}'];

/** Every operation, by method and path below `/api`. Which of them exist is told by `app.ts`; a test holds the two lists against each other. */
export const operations: Readonly<Record<string, Operation>> = {
  'GET /v1/model-performance': {
    operationId: 'ListModelPerformance',
    tag: 'Models',
    summary: 'List model performance',
    description:
      'Lists the models that fit the filters. When there are more of them, or more to look through, nextLink leads on: a page can be empty.',
    parameters: ['model', 'manufacturer', 'healthStatus', 'limit', 'cursor', 'excel'],
    answers: {
      says: 'The models; as CSV for who prefers it, with the link to the next page in the Link header.',
      content: { 'application/json': 'ModelPerformanceList', 'text/csv': 'text' },
    },
    problems: ['invalid-query', ...called, ...graphRead],
    connector: true,
  },
  'POST /v1/model-performance/batch': {
    operationId: 'UpdateMany',
    tag: 'Models',
    summary: 'Update many',
    description:
      'Changes up to 20 models, each as a single update does, and tells what became of each. One update that is invalid refuses all.',
    parameters: ['null'],
    body: 'ModelPerformanceBatch',
    answers: {
      says: 'What became of each update, in the order of the request.',
      content: { 'application/json': 'ModelPerformanceBatchResult' },
    },
    problems: [...called, ...bodyRead, 'not-found', ...graphRead],
    connector: true,
  },
  'GET /v1/model-performance/jobs': {
    operationId: 'ListBulkUpdates',
    tag: 'Jobs',
    summary: 'List bulk updates',
    description: 'Lists the newest 100 jobs of the caller, newest first.',
    parameters: ['of'],
    answers: { says: 'The jobs.', content: { 'application/json': 'JobList' } },
    problems: ['invalid-query', ...stored],
  },
  'POST /v1/model-performance/jobs': {
    operationId: 'StartBulkUpdate',
    tag: 'Jobs',
    summary: 'Start bulk update',
    description:
      'Accepts up to 10 000 updates, as a list or as a table, which are then applied as fast as Microsoft Graph allows. The same key and the same rows are the same job, however often they are sent. One invalid update refuses all.',
    parameters: ['idempotencyKey', 'null'],
    body: 'JobUpdates',
    status: 201,
    answers: { says: 'The job is accepted, or was before.', content: { 'application/json': 'Job' } },
    problems: [...stored, ...bodyRead, 'invalid-csv', 'invalid-idempotency-key', 'idempotency-key-reused'],
    connector: true,
  },
  'GET /v1/model-performance/jobs/{jobId}': {
    operationId: 'GetBulkUpdate',
    tag: 'Jobs',
    summary: 'Get bulk update',
    description: 'Tells how far a job has come.',
    parameters: ['jobId'],
    answers: { says: 'The job as it stands.', content: { 'application/json': 'Job' } },
    problems: ofJob,
    connector: true,
  },
  'DELETE /v1/model-performance/jobs/{jobId}': {
    operationId: 'CancelBulkUpdate',
    tag: 'Jobs',
    summary: 'Cancel bulk update',
    description: 'Cancels what has not been sent. What was sent keeps its result; a job that has ended stays as it is.',
    parameters: ['jobId'],
    answers: { says: 'The job as it stands.', content: { 'application/json': 'Job' } },
    problems: ofJob,
    connector: true,
  },
  'GET /v1/model-performance/jobs/{jobId}/result': {
    operationId: 'GetBulkResult',
    tag: 'Jobs',
    summary: 'Get bulk result',
    description: 'Tells what became of each row of a job that has ended.',
    parameters: ['jobId', 'excel'],
    answers: { says: 'A result for each row.', content: { 'application/json': 'JobResult', 'text/csv': 'text' } },
    problems: ['invalid-query', ...ofJob, 'job-not-finished'],
    connector: true,
  },
  'GET /v1/model-performance/jobs/{jobId}/previous': {
    operationId: 'GetValuesBefore',
    tag: 'Jobs',
    summary: 'Get values before bulk update',
    description: 'Gives the values before of the applied rows, in the form that a job takes: submitted, they undo it.',
    parameters: ['jobId', 'include', 'excel'],
    answers: { says: 'The values before.', content: { 'application/json': 'PreviousUpdates', 'text/csv': 'text' } },
    problems: ['invalid-query', ...ofJob, 'job-not-finished'],
  },
  'GET /v1/model-performance/labels': {
    operationId: 'ListLabels',
    tag: 'Models',
    summary: 'List labels',
    description:
      'Lists a text for each model by which people tell it from others, for drop-downs: at most 1 000, sorted.',
    answers: { says: 'The labels.', content: { 'application/json': 'ModelLabels' } },
    problems: [...called, ...graphRead],
    connector: 'internal',
  },
  'GET /v1/model-performance/{id}': {
    operationId: 'GetModelPerformance',
    tag: 'Models',
    summary: 'Get model performance',
    description: 'Gives the scores, the device count and the health status of one model.',
    parameters: ['id'],
    answers: { says: 'The model as Microsoft Graph has it.', content: { 'application/json': 'ModelPerformance' } },
    problems: item,
    connector: true,
  },
  'PATCH /v1/model-performance/{id}': {
    operationId: 'UpdateModelPerformance',
    tag: 'Models',
    summary: 'Update model performance',
    description:
      'Changes the properties that are given, leaves the others as they are, and answers only when the new values are seen.',
    parameters: ['id', 'null'],
    body: 'ModelPerformanceUpdate',
    answers: {
      says: 'The update is applied: the model as Microsoft Graph now has it.',
      content: { 'application/json': 'ModelPerformance' },
    },
    problems: [...item, ...bodyRead, 'update-not-visible', 'update-unverified'],
    connector: true,
  },
  'POST /v1/model-performance/{id}/preview': {
    operationId: 'PreviewUpdate',
    tag: 'Models',
    summary: 'Preview update',
    description: 'Makes every check of an update and tells what it would change, without changing anything.',
    parameters: ['id', 'null'],
    body: 'ModelPerformanceUpdate',
    answers: { says: 'What an update would change.', content: { 'application/json': 'Preview' } },
    problems: [...item, ...bodyRead],
    connector: true,
  },
  'GET /health/live': {
    operationId: 'GetLive',
    tag: 'Health',
    summary: 'Tell whether the process answers',
    description: 'Answers as long as the process is up, and looks at nothing else.',
    answers: { says: 'The process is up.', content: { 'application/json': 'Live' } },
    problems: always,
  },
  'GET /health/ready': {
    operationId: 'GetReady',
    tag: 'Health',
    summary: 'Tell whether updates can succeed',
    description:
      'Looks at the identity and at Microsoft Graph, at most once in a few seconds. With a token that may write, it tells each check, that of telemetry too, and what mends it.',
    answers: { says: 'Updates can succeed at present.', content: { 'application/json': 'Ready' } },
    problems: [...always, 'not-ready'],
  },
  'GET /openapi.json': {
    operationId: 'GetContract',
    tag: 'Contract',
    summary: 'Get this contract',
    description: 'Gives the contract of this API as OpenAPI 3.1, as strict as this deployment validates.',
    answers: { says: 'The contract.', content: { 'application/json': 'json' } },
    problems: always,
  },
};

/** The problems of an operation by their status, each with the words for all that have it. */
export function problemsByStatus({ problems: codes }: Operation): { status: string; codes: Code[]; says: string }[] {
  const byStatus = Object.groupBy(codes, (code) => problems[code].status) as Record<string, Code[]>;
  return Object.entries(byStatus).map(([status, some]) => {
    const says = some.map((code) => `${problems[code].title} (\`${code}\`).`).join(' ');
    return { status, codes: some, says };
  });
}
