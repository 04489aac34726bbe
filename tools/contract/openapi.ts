import { toldRoles, type Role } from '../../src/auth/caller.js';
import { problems, type Code } from '../../src/problem.js';
import type { Validation } from '../../src/resource/field.js';
import type { Resource } from '../../src/resource/resource.js';
import type { Words } from '../../src/resource/words.js';
import { operationsOf, problemsByStatus, pages, type Operation } from './operations.js';
import { filled } from './filled.js';
import { parametersOf } from './parameters.js';
import { schemasOf } from './schemas.js';

/** A function that is registered with the platform: its route, and its methods with the role that each needs. */
export interface Registered {
  readonly route: string;
  readonly roles: Readonly<Record<string, 'none' | Role>>;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The contract as OpenAPI 3.1, with the operations of the registered functions.
 * @throws Error for a function that nobody has described, but for pages
 */
export function writeOpenApi(
  functions: readonly Registered[],
  resource: Resource,
  { validation, version }: { readonly validation: Validation; readonly version: string },
): Json {
  const paths = functions
    .filter(({ route, roles }) => Object.keys(roles).length > 0 && !pages.includes(route))
    .map(({ route, roles }) => [`/${route}`, pathItem(`/${route}`, roles, resource)] as const);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Model Performance API',
      version,
      summary: resource.summary,
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api', description: 'Where this document came from.' }],
    tags: [
      { name: filled('{{Objects}}', resource), description: resource.description },
      { name: 'Jobs', description: 'Up to 10 000 updates at once, applied as fast as Microsoft Graph allows.' },
      { name: 'Health', description: 'Whether this API works.' },
      { name: 'Contract', description: 'This document, for programs and for people.' },
    ],
    paths: Object.fromEntries(paths),
    components: {
      schemas: schemasOf(resource, validation),
      parameters: Object.fromEntries(
        Object.entries(parametersOf(resource)).map(([key, { in: place, name = key, description, schema, example }]) => [
          key,
          { name, in: place, required: place !== 'query', description, schema, ...(example && { example }) },
        ]),
      ),
      headers: {
        RequestId: {
          description: 'The caller’s x-request-id if it has 1 to 64 letters, digits, _ or -; else a new one.',
          required: true,
          schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
        },
        ErrorCode: {
          description: 'The code of the problem.',
          required: true,
          schema: { type: 'string', enum: Object.keys(problems) },
        },
        AcceptedTypes: {
          description: 'Content types of bodies that are taken.',
          required: true,
          schema: { type: 'string' },
        },
        Location: { description: 'Where the job is told.', required: true, schema: { type: 'string', format: 'uri' } },
        RetryAfter: { description: 'Seconds to wait.', schema: { type: 'string', pattern: '^\\d+$' } },
      },
      securitySchemes: {
        entraId: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token (v2.0) of Microsoft Entra ID for this API, with the role that the call needs.',
        },
      },
    },
  };
}

const description =
  'An update goes to Microsoft Graph, and is answered with success only when its new values are seen. ' +
  'Each failure is application/problem+json and tells in `outcome` what became of the update: not-applied is certain, unknown is not. ' +
  'Values are never converted. HEAD is GET without a body.';

function pathItem(path: string, roles: Registered['roles'], resource: Resource): Json {
  const operations = operationsOf(resource);
  return Object.fromEntries(
    Object.entries(roles).map(([method, role]) => {
      const operation = operations[`${method} ${path}`];
      if (operation === undefined) throw new Error(`Nobody has described ${method} ${path}: see operations.ts.`);
      return [method.toLowerCase(), writeOperation(method, operation, role, resource)];
    }),
  );
}

function writeOperation(method: string, operation: Operation, role: 'none' | Role, resource: Resource): Json {
  const { operationId, tag, summary, description, parameters: names = [], body } = operation;
  const needed = role === 'none' ? '' : `\n\nNeeds the role ${toldRoles(role)}.`;
  return {
    operationId,
    tags: [tag],
    summary,
    description: `${description}${needed}`,
    ...(names.length > 0 && { parameters: names.map((name) => ({ $ref: `#/components/parameters/${name}` })) }),
    ...(body && { requestBody: writeBody(body, resource) }),
    responses: { [operation.status ?? 200]: writeSuccess(operation), ...writeProblems(method, operation, resource) },
    security: securityOf(operation, role),
  };
}

/** Readiness is for everybody, and tells more to who brings a token. */
function securityOf({ problems: codes }: Operation, role: 'none' | Role): Json[] {
  if (role !== 'none')
    return toldRoles(role)
      .split(' or ')
      .map((one) => ({ entraId: [one] }));
  return codes.includes('not-ready') ? [{}, { entraId: ['ModelPerformance.Write'] }] : [];
}

/** A few properties: an interactive page would otherwise propose to overwrite all of them. */
function writeBody(name: NonNullable<Operation['body']>, { typeName, example }: Resource): Json {
  const row = { id: '7ec79407-9407-7ec7-0794-c77e0794c77e', ...example };
  const schema = { $ref: `#/components/schemas/${name}` };
  const exampleTable = `${Object.keys(row).join()}\r\n${Object.values(row).join()}\r\n`;
  const table = { 'text/csv': { schema: { type: 'string' }, example: exampleTable } };
  if (name !== `${typeName}Update`) {
    const list = { 'application/json': { schema, example: { updates: [row] } } };
    return { required: true, content: { ...list, ...(name === 'JobUpdates' && table) } };
  }
  const content = { schema, example };
  return { required: true, content: { 'application/json': content, 'application/merge-patch+json': content } };
}

const requestId = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };

function writeSuccess({ status, answers: { description, content } }: Operation): Json {
  const schema = (kind: string) => {
    if (kind === 'text') return { type: 'string' };
    return kind === 'json' ? { type: 'object' } : { $ref: `#/components/schemas/${kind}` };
  };
  const contents = Object.entries(content).map(([type, kind]) => [type, { schema: schema(kind) }]);
  const headers = {
    ...requestId,
    ...(status === 201 && { location: { $ref: '#/components/headers/Location' } }),
    ...(Object.values(content).includes('Job') && { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }),
  };
  return { description, headers, content: Object.fromEntries(contents) as Json };
}

/** One response for each status, with the codes that it can have. */
function writeProblems(method: string, operation: Operation, words: Words): Record<string, Json> {
  return Object.fromEntries(
    problemsByStatus(operation, words).map(({ status, codes, description }) => [
      status,
      writeProblem(method, codes, description),
    ]),
  );
}

function writeProblem(method: string, codes: readonly Code[], description: string): Json {
  const accepts = method === 'PATCH' ? 'accept-patch' : 'accept-post';
  const waits = codes.some((code) => problems[code].retry === 'after the wait');
  return {
    description,
    headers: {
      ...requestId,
      'x-ms-error-code': { $ref: '#/components/headers/ErrorCode' },
      ...(codes.includes('unsupported-media-type') && { [accepts]: { $ref: '#/components/headers/AcceptedTypes' } }),
      ...(waits && { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }),
    },
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { error: { properties: { code: { enum: codes } } } } },
          ],
        },
      },
    },
  };
}
