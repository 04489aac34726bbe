import { validate } from '@apidevtools/swagger-parser';
import { describe, expect, test } from '@jest/globals';
import { registeredOf } from '../../src/register.js';
import { writeOpenApi } from '../../tools/contract/openapi.js';
import { operationsOf, pages } from '../../tools/contract/operations.js';
import { problems } from '../../src/problem.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { json, type Answer } from '../support/host-fixture/process.js';
import { useSystem, useSystems } from '../support/useSystem.js';
import { holdAgainstContract, published } from '../support/published.js';

const registered = registeredOf(modelPerformance);
const operations = operationsOf(modelPerformance);

describe('the published contract', () => {
  test.each(['documented', 'strict'] as const)('is OpenAPI 3.1 (%s)', async (validation) => {
    const document = structuredClone(published(validation));
    expect(document).toMatchObject({ openapi: '3.1.1' });
    await expect(validate(document as never)).resolves.toBeDefined();
  });

  test('has every method of every registered function but the pages, and nothing else', () => {
    const known = registered
      .filter(({ route }) => !pages.includes(route))
      .flatMap(({ route, roles }) => Object.keys(roles).map((method) => `${method} /${route}`));
    expect(known.sort()).toEqual(Object.keys(operations).sort());
    const written = Object.entries(published('documented').paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(written.sort()).toEqual(known);
  });

  test('cannot be written with a function that nobody has described', () => {
    const more = [...registered, { route: 'v1/other', roles: { GET: 'Read' as const } }];
    const write = () => writeOpenApi(more, modelPerformance, { validation: 'documented', version: '0' });
    expect(write).toThrow('GET /v1/other');
  });

  test('knows every problem, but for those of paths and methods that it does not know, and those of rows of jobs', () => {
    const told = new Set(Object.values(operations).flatMap(({ problems: codes }) => codes));
    const untold = Object.keys(problems).filter((code) => !told.has(code as keyof typeof problems));
    expect(untold).toEqual(['unknown-path', 'method-not-allowed', 'job-failed', 'job-interrupted']);
  });

  test('names each operation once', () => {
    const ids = Object.values(operations).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('served', () => {
  const system = useSystem();
  const start = useSystems();

  test('to everybody, as it is committed', async () => {
    const answer = await system.call('/api/openapi.json', { withoutToken: true });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(json(answer)).toEqual(published('documented'));
    expect(await system.call('/api/openapi.json', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  test('as strict as the deployment', async () => {
    const { call } = await start({ VALIDATION: 'strict' });
    expect(json(await call('/api/openapi.json'))).toEqual(published('strict'));
  });
});

describe('an answer that breaks the contract is noticed', () => {
  const path = '/api/v1/model-performance/some-id';
  const headers = { 'content-type': 'application/json', 'x-request-id': 'a' };
  const good: Answer = { status: 200, headers, text: '{"id":"some-id","windowsScore":1,"healthStatus":"brandNew"}' };
  const refusal = (status: number, code: string): Answer => ({
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': 'a', 'x-ms-error-code': code },
    text: JSON.stringify({
      type: `urn:model-performance:problem:${code}`,
      title: 'a',
      status,
      detail: 'b',
      instance: 'c',
      outcome: 'unknown',
      error: { code, message: 'd' },
    }),
  });

  test('a good one is not', () => {
    for (const method of ['GET', 'PATCH']) {
      holdAgainstContract(method, path, good);
      holdAgainstContract(method, path, refusal(504, 'graph-timeout'));
    }
    holdAgainstContract('PATCH', `${path}/`, refusal(424, 'update-not-visible'));
    holdAgainstContract('HEAD', path, { ...good, text: '' });
    holdAgainstContract('DELETE', path, refusal(405, 'method-not-allowed'));
  });

  test.each<[string, string, Answer]>([
    ['another status', 'GET', { ...good, status: 201 }],
    ['another type', 'GET', { ...good, headers: { ...headers, 'content-type': 'text/plain' } }],
    ['no request id', 'GET', { ...good, headers: { 'content-type': 'application/json' } }],
    ['a request id that is not one', 'GET', { ...good, headers: { ...headers, 'x-request-id': 'a b' } }],
    ['no id', 'GET', { ...good, text: '{}' }],
    ['a text for a number', 'GET', { ...good, text: '{"id":"a","windowsScore":"1"}' }],
    ['a property that nobody knows', 'GET', { ...good, text: '{"id":"a","@odata.type":"b"}' }],
    ['a problem of another operation', 'GET', refusal(424, 'update-not-visible')],
    ['a problem with another status', 'PATCH', refusal(502, 'graph-timeout')],
    ['a problem without outcome', 'GET', { ...refusal(504, 'graph-timeout'), text: '{}' }],
    ['success for a method that is not there', 'DELETE', good],
  ])('%s', (_, method, answer) => {
    expect(() => {
      holdAgainstContract(method, path, answer);
    }).toThrow('breaks the contract');
  });
});
