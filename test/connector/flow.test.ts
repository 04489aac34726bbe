import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import { useJobSystem } from '../support/useSystem.js';
import { found } from '../support/until.js';

// A flow, step by step: each action is called as the flow engine calls it, from the connector's files alone, on the local system.

jest.setTimeout(240_000);

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'body';
  readonly required?: boolean;
  readonly 'x-ms-dynamic-values'?: Readonly<
    Record<'operationId' | 'value-collection' | 'value-path' | 'value-title', string>
  >;
}
interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
}
const { paths, basePath } = JSON.parse(readFileSync('connector/apiDefinition.swagger.json', 'utf8')) as {
  readonly basePath: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const properties = JSON.parse(readFileSync('connector/apiProperties.json', 'utf8')) as {
  readonly properties: {
    readonly policyTemplateInstances: readonly { readonly parameters: Readonly<Record<string, unknown>> }[];
  };
};

const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);
const operationOf = (operationId: string) => {
  const found = operations.find((one) => one.operationId === operationId);
  if (found === undefined) throw new Error(`The connector has no ${operationId}.`);
  return found;
};

const system = useJobSystem({ environment: { BULK_WRITES_PER_20_S: '400' } });

/** What a step leaves for those after it; `body` is an object only when the engine takes the content for JSON. */
interface Outputs {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

/** Policies of the connector that change headers of every answer. */
function throughPolicies(headers: Headers): Headers {
  const made = new Headers(headers);
  for (const { parameters } of properties.properties.policyTemplateInstances)
    if (parameters['x-ms-apimTemplate-policySection'] === 'Response')
      made.set(
        String(parameters['x-ms-apimTemplateParameter.name']),
        String(parameters['x-ms-apimTemplateParameter.value']),
      );
  return made;
}

/** Calls an action with what a maker has filled. @throws Error for a field that the action does not have, or one that is missing */
async function action(operationId: string, filled: Readonly<Record<string, unknown>> = {}): Promise<Outputs> {
  const { path, method, parameters } = operationOf(operationId);
  const names = parameters.map(({ name }) => name);
  const strange = Object.keys(filled).filter((name) => !names.includes(name));
  const missing = parameters.filter(({ name, required }) => required && !(name in filled)).map(({ name }) => name);
  if (strange.length + missing.length > 0) throw new Error(`${operationId}: ${[...strange, ...missing].join(', ')}`);
  const of = (place: Parameter['in']) => parameters.filter((one) => one.in === place && one.name in filled);
  const target = of('path').reduce(
    (at, { name }) => at.replace(`{${name}}`, encodeURIComponent(String(filled[name]))),
    path,
  );
  const query = new URLSearchParams(of('query').map(({ name }): [string, string] => [name, String(filled[name])]));
  const [body] = of('body');
  const response = await fetch(`${system.first.baseUrl}${basePath}${target}?${query.toString()}`, {
    method,
    headers: {
      authorization: `Bearer ${system.emulator.issue()}`,
      ...(body && { 'content-type': 'application/json' }),
      ...Object.fromEntries(of('header').map(({ name }) => [name, String(filled[name])])),
    },
    ...(body && { body: JSON.stringify(filled[body.name]) }),
  });
  const headers = throughPolicies(response.headers);
  expect(headers.get('content-type')).toBe('application/json');
  return {
    statusCode: response.status,
    headers: Object.fromEntries(headers),
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** What a drop-down offers, by the paths that the definition names. */
async function dropDown(operationId: string, field: string): Promise<{ value: unknown; title: unknown }[]> {
  const values = operationOf(operationId).parameters.find(({ name }) => name === field)?.['x-ms-dynamic-values'];
  if (values === undefined) throw new Error(`${field} of ${operationId} is no drop-down.`);
  const { body } = await action(values.operationId);
  const list = body[values['value-collection']] as Record<string, unknown>[];
  return list.map((one) => ({ value: one[values['value-path']], title: one[values['value-title']] }));
}

describe('a flow', () => {
  test('chooses a model by name, previews, updates, and has its values', async () => {
    const choices = await dropDown('UpdateModelPerformance', 'id');
    const id = choices.find(({ title }) => title === 'Latitude 7450, Dell Inc.')?.value;
    const preview = await action('PreviewUpdate', { id, body: { windowsScore: 87.5 } });
    expect(preview.body.changes).toEqual([{ property: 'windowsScore', from: 94.87, to: 87.5 }]);
    const updated = await action('UpdateModelPerformance', { id, body: { windowsScore: 87.5 } });
    expect([updated.statusCode, updated.body.windowsScore]).toEqual([200, 87.5]);
  });

  test('reads an error in plain words', async () => {
    const [choice] = await dropDown('UpdateModelPerformance', 'id');
    const { statusCode, headers, body } = await action('UpdateModelPerformance', {
      id: choice?.value,
      body: { windowsScore: '87.5' },
    });
    expect([statusCode, body.outcome]).toEqual([400, 'not-applied']);
    expect((body.error as { message: string }).message).toContain('convert it with float()');
    expect(headers['x-request-id']).toMatch(/^[\w-]{1,64}$/);
  });

  test('updates many, and has an outcome for each', async () => {
    const [one, two] = system.emulator.models().map(({ id }) => id);
    const updates = [
      { id: one, windowsScore: 1 },
      { id: two, windowsScore: 2 },
    ];
    const { body } = await action('UpdateMany', { body: { updates } });
    expect(body.summary).toEqual({ total: 2, applied: 2, notApplied: 0, unknown: 0 });
  });

  test('brings 300 rows of a table in as CSV, waits, and reads what became of each', async () => {
    const [like] = system.emulator.models();
    if (like === undefined) throw new Error('There are no models.');
    const ids = Array.from({ length: 300 }, (_, index) => `model-${index}`);
    for (const id of ids) system.emulator.put({ ...like, id });
    // As "Create CSV table" writes the rows of Excel's connector: all texts.
    const csv = ['@odata.etag,ItemInternalId,id,windowsScore,healthStatus', ...ids.map((id) => `e,i,${id},12.5,`)].join(
      '\r\n',
    );
    const started = { 'Idempotency-Key': '08585345', body: { csv } };
    const first = await action('StartBulkUpdate', started);
    // The engine did not get the answer, and sends it again.
    const second = await action('StartBulkUpdate', started);
    expect([first.statusCode, second.statusCode, second.body.jobId]).toEqual([201, 201, first.body.jobId]);

    const { jobId } = first.body;
    const ended = async () => {
      const last = await action('GetBulkUpdate', { jobId });
      expect(last.statusCode).toBe(200);
      return last.body.endedAt === undefined ? undefined : last;
    };
    const job = await found('the end of the job', ended, { everyMs: 500, limitMs: 200_000 });
    expect(job.body).toMatchObject({ status: 'Succeeded', rows: { total: 300, applied: 300 } });
    const { body } = await action('GetBulkResult', { jobId });
    const rows = body.value as { row: number; id: string; outcome: string; from: object }[];
    expect(rows.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(ids.map((id) => `${id} applied`));
    expect(ids.map((id) => system.emulator.model(id)?.windowsScore)).toEqual(ids.map(() => 12.5));
    expect((await action('CancelBulkUpdate', { jobId })).body.status).toBe('Succeeded');
  });

  test('is told what is wrong with a table by row and column, before anything is done', async () => {
    const { statusCode, body } = await action('StartBulkUpdate', {
      'Idempotency-Key': '08585346',
      body: { csv: 'id,windowsScore\r\na,much' },
    });
    expect([statusCode, (body.error as { message: string }).message]).toEqual([
      400,
      expect.stringContaining('/rows/1/windowsScore'),
    ]);
  });
});
