import { describe, expect, test } from '@jest/globals';
import {
  Client,
  GraphError,
  HTTPMessageHandler,
  type Context,
  type Middleware,
} from '@microsoft/microsoft-graph-client';
import { internals } from '../../local/emulator/constants.js';
import { seed } from '../../local/emulator/models.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { beta, firstModel, messageOf } from '../support/emulatorCalls.js';
import { useEmulator } from '../support/useEmulator.js';

const first = firstModel();
const graph = useEmulator();
const { call } = graph;

describe('with the official client', () => {
  /** The client's own authentication refuses plain http; the last handler is the client's. */
  function client(): Client {
    const sender = new HTTPMessageHandler();
    const authenticate: Middleware = {
      execute: async (context: Context) => {
        const headers = context.options?.headers as Record<string, string>;
        context.options = { ...context.options, headers: { ...headers, authorization: `Bearer ${graph.token}` } };
        await sender.execute(context);
      },
    };
    return Client.initWithMiddleware({
      baseUrl: `${graph.emulator.graphUrl}/`,
      defaultVersion: 'beta',
      middleware: authenticate,
      customHosts: new Set(['127.0.0.1']),
    });
  }

  test('an update answers with the whole object and is kept', async () => {
    const answer: unknown = await client()
      .api(`/${modelPerformance.path}/${first.id}`)
      .patch({ '@odata.type': modelPerformance.odataType, windowsScore: 12.5, model: null });
    const updated = { ...first, windowsScore: 12.5, model: null };
    expect(answer).toEqual({
      '@odata.context': `${graph.emulator.graphUrl}/beta/$metadata#${modelPerformance.path}/$entity`,
      '@odata.type': modelPerformance.odataType,
      ...updated,
    });
    expect(graph.emulator.model(first.id)).toEqual(updated);
    expect(await client().api(`/${modelPerformance.path}/${first.id}`).get()).toMatchObject(updated);
  });

  test('the collection comes in pages, each object once and in order', async () => {
    const found: unknown[] = [];
    let next: string | undefined = `/${modelPerformance.path}`;
    let pages = 0;
    while (next !== undefined && pages < 10) {
      const page = (await client().api(next).get()) as { value: { id: string }[]; '@odata.nextLink'?: string };
      found.push(...page.value.map(({ id }) => id));
      // The client takes absolute addresses with https only.
      next = page['@odata.nextLink']?.slice(`${graph.emulator.graphUrl}/beta`.length);
      pages += 1;
    }
    expect(pages).toBe(3);
    expect(found).toEqual(seed().map(({ id }) => id));
  });

  test('a refusal is the client’s own error', async () => {
    const refused = client().api(`/${modelPerformance.path}/nobody`).get() as Promise<unknown>;
    await expect(refused).rejects.toBeInstanceOf(GraphError);
    await expect(refused).rejects.toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
  });
});

describe('the collection', () => {
  test.each([
    ['$skiptoken=x', 400],
    ['$select=model', 501],
    ['$count=true', 501],
  ])('%s is a %i', async (query, status) => {
    expect((await call('GET', `${beta()}?${query}`)).status).toBe(status);
  });
});

test('answers carry Graph’s headers, and errors what must not leak', async () => {
  const reply = await call('GET', beta('nobody'), { headers: { 'client-request-id': 'mine' } });
  const requestId = reply.headers.get('request-id');
  expect(reply.headers.get('client-request-id')).toBe('mine');
  expect(reply.headers.get('x-ms-ags-diagnostic')).toContain('ServerInfo');
  expect(reply.body).toMatchObject({
    error: {
      innerError: { 'request-id': requestId, 'client-request-id': 'mine', date: expect.any(String) as unknown },
    },
  });
  expect(messageOf(reply)).toContain(internals);
});

test('the seed: many makers, one id per model, the reference page’s id first, the types of the metadata', () => {
  const models = seed();
  expect(first.id).toBe('7ec79407-9407-7ec7-0794-c77e0794c77e');
  expect(models.length).toBeGreaterThanOrEqual(40);
  expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
  expect(new Set(models.map(({ manufacturer }) => manufacturer)).size).toBeGreaterThanOrEqual(10);
  for (const { id, ...values } of models) {
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    for (const [name, field] of Object.entries(modelPerformance.fields)) {
      const value: unknown = (values as Record<string, unknown>)[name];
      expect([name, field.joi('strict').validate(value).error]).toEqual([name, undefined]);
    }
  }
});
