import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import type { Envelope } from '../../local/emulator/ingestion.js';
import {
  attempt,
  endProcesses,
  parentOf,
  spanOf,
  startTelemetry,
  token,
  traceOf,
  unanswered,
  update,
  type Made,
} from './fixture/process.js';

/** Generous: the library alone takes seconds to load on a machine that is busy. */
const limitMs = 60_000;
jest.setTimeout(2 * limitMs);

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => {
  endProcesses();
  emulator.reset();
});
afterAll(() => emulator.close());

const { envelopes, requests } = {
  envelopes: (name?: string) => emulator.ingestion.envelopes(name),
  requests: () => emulator.ingestion.requests(),
};
const dataOf = ({ data }: Envelope) => data.baseData;
const times = (count: number, made: (number: number) => Made) =>
  Array.from({ length: count }, (_, index) => made(index));

/** Every metric by name and dimensions: sum, and number of values or of sums. */
function metrics(): Record<string, [sum: number, count: number]> {
  const all: Record<string, [number, number]> = {};
  for (const { data } of envelopes('Metric')) {
    const { metrics, properties } = data.baseData as {
      metrics: { name: string; value: number; count: number }[];
      properties: Record<string, string>;
    };
    for (const { name, value, count } of metrics) {
      const key = [name, ...Object.values(properties)].join(' ').trim();
      const [sum, values] = all[key] ?? [0, 0];
      all[key] = [sum + value, values + count];
    }
  }
  return all;
}

describe('what an operator sees', () => {
  test('an attempt at Graph and a token call are dependencies below the host’s request', async () => {
    const telemetry = await startTelemetry(emulator);
    await telemetry.record(
      [
        'attempt',
        parentOf(1),
        {
          ...attempt,
          ...{
            status: 429,
            attempt: 2,
            waitMs: 700,
            graphRequestId: 'g-1',
            graphCode: 'TooManyRequests',
          },
          failure: 'graph-throttled',
        },
      ],
      ['tokenCall', parentOf(1), token],
      ['attempt', parentOf(2), { ...unanswered, failure: 'graph-timeout' }],
    );
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0, reported: [] });

    const [throttled, tokenCall, lost, ...more] = envelopes('RemoteDependency');
    expect(more).toEqual([]);
    expect(throttled).toMatchObject({
      time: '2030-01-01T12:00:00.000Z',
      tags: {
        'ai.cloud.role': 'model-performance-api',
        'ai.cloud.roleInstance': expect.stringMatching(/^[0-9a-f]{16}$/),
        'ai.operation.id': traceOf(1),
        'ai.operation.parentId': spanOf(1),
      },
      data: {
        baseType: 'RemoteDependencyData',
        baseData: {
          name: 'PATCH model-performance',
          type: 'Http',
          target: 'graph.microsoft.com',
          data: '',
          id: expect.stringMatching(/^[0-9a-f]{16}$/),
          duration: '00:00:01.2345',
          resultCode: '429',
          success: false,
          properties: { graphRequestId: 'g-1', graphCode: 'TooManyRequests', failure: 'graph-throttled' },
          measurements: { attempt: 2, waitMs: 700 },
        },
      },
    });
    expect(tokenCall?.data.baseData).toMatchObject({ name: 'GET token', target: 'graph.microsoft.com', success: true });
    expect(tokenCall?.tags['ai.operation.id']).toBe(traceOf(1));
    expect(lost?.data.baseData).toMatchObject({
      resultCode: '0',
      success: false,
      properties: { failure: 'graph-timeout' },
    });
    expect(lost?.tags['ai.operation.id']).toBe(traceOf(2));
    const ids = [throttled, tokenCall, lost].map((one) => one?.data.baseData.id);
    expect(new Set(ids).size).toBe(3);
    expect(metrics()).toEqual({ graphThrottles: [1, 1], graphWaitMs: [700, 1], 'tokenRefreshes true': [1, 1] });
    expect(envelopes('Request')).toEqual([]);
  });

  test('without a usable traceparent a trace of its own begins', async () => {
    const telemetry = await startTelemetry(emulator);
    const unusable = [undefined, '', 'garbage', `00-${'0'.repeat(32)}-${spanOf(1)}-01`];
    for (const one of unusable) await telemetry.record(['attempt', one, attempt], ['audit', one, update]);
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
    const tags = envelopes('RemoteDependency').map((envelope) => envelope.tags);
    const traces = tags.map((tag) => tag['ai.operation.id']);
    expect(traces).toEqual(unusable.map(() => expect.stringMatching(/^(?!0+$)[0-9a-f]{32}$/)));
    expect(new Set(traces).size).toBe(unusable.length);
    expect(tags.filter((tag) => 'ai.operation.parentId' in tag)).toEqual([]);
    expect(envelopes('Event')).toHaveLength(unusable.length);
  });
});

describe('what an auditor sees', () => {
  test('one event per update: who, what, from, to, and how it ended', async () => {
    const telemetry = await startTelemetry(emulator);
    await telemetry.record(
      ['audit', parentOf(1), update],
      [
        'audit',
        parentOf(2),
        {
          ...update,
          caller: undefined,
          changes: [],
          outcome: 'not-applied',
          problem: 'invalid-body',
          refused: true,
          attempts: 0,
        },
      ],
    );
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
    const [applied, refused, ...more] = envelopes('Event');
    expect(more).toEqual([]);
    expect(applied).toMatchObject({
      time: '2030-01-01T12:00:01.500Z',
      sampleRate: 100,
      tags: { 'ai.operation.id': traceOf(1), 'ai.operation.parentId': spanOf(1) },
      data: {
        baseData: {
          name: 'ModelPerformanceUpdated',
          properties: {
            callerApplicationId: 'app',
            callerObjectId: 'object',
            callerRoles: 'ModelPerformance.Read ModelPerformance.Write',
            resource: 'model-performance',
            resourceId: 'model-1',
            properties: 'windowsScore model',
            outcome: 'applied',
            problem: '',
            refused: 'false',
            requestId: 'request-1',
            graphRequestIds: 'graph-1 graph-2',
            jobId: 'job-1',
            row: '7',
          },
          measurements: { durationMs: 1500, attempts: 2 },
        },
      },
    });
    const { changes } = (applied?.data.baseData.properties ?? {}) as { changes: string };
    expect(JSON.parse(changes)).toEqual([
      { property: 'windowsScore', fromKnown: true, from: 80, to: 87.5 },
      { property: 'model', fromKnown: false, to: 'Latitude "7450"' },
    ]);
    expect(refused?.data.baseData.properties).toMatchObject({
      ...{ callerObjectId: '', changes: '[]', outcome: 'not-applied', problem: 'invalid-body', refused: 'true' },
    });
    expect(metrics()).toEqual({
      'updates applied': [1, 1],
      'updates not-applied invalid-body': [1, 1],
      attemptsPerUpdate: [2, 1],
    });
  });

  test('a burst loses nothing, and every id is its own', async () => {
    const telemetry = await startTelemetry(emulator);
    await telemetry.record(
      ...times(500, (number) => ['attempt', parentOf(number), attempt]),
      ...times(500, (number) => ['audit', parentOf(number), { ...update, resourceId: `model-${number}` }]),
    );
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
    const traces = times(500, (number) => ['attempt', traceOf(number), attempt]).map(([, trace]) => trace);
    for (const name of ['RemoteDependency', 'Event']) {
      expect(envelopes(name).map(({ tags }) => tags['ai.operation.id'])).toEqual(traces);
      expect(new Set(envelopes(name).map(({ sampleRate }) => sampleRate))).toEqual(new Set([100]));
    }
    expect(new Set(envelopes('RemoteDependency').map((one) => dataOf(one).id)).size).toBe(500);
    const events = envelopes('Event').map((one) => dataOf(one).properties as Record<string, string>);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(500);
    expect(events.map(({ resourceId }) => resourceId)).toEqual(traces.map((_, number) => `model-${number}`));
    expect(new Set(envelopes().map(({ name }) => name.split('.').at(-1)))).toEqual(
      new Set(['RemoteDependency', 'Event', 'Metric']),
    );
  });

  test('of 9 000 updates in twelve bursts the metrics count 9 000, and nothing is lost', async () => {
    const telemetry = await startTelemetry(emulator);
    for (let burst = 0; burst < 12; burst += 1)
      await telemetry.record(...times(750, (number) => ['audit', parentOf(number), update]));
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0, reported: [] });
    expect(envelopes('Event')).toHaveLength(9_000);
    const [updates, attempts] = [metrics()['updates applied'], metrics().attemptsPerUpdate];
    expect([updates?.[0], attempts]).toEqual([9_000, [18_000, 9_000]]);
    expect(envelopes('Metric').length).toBeLessThan(1_000);
  });

  test('what is recorded just before the end is sent, even when the library has not been loaded', async () => {
    const telemetry = await startTelemetry(emulator, { startDelayMs: 600_000, intervalMs: 600_000 });
    await telemetry.record(['audit', parentOf(1), update]);
    expect(envelopes()).toEqual([]);
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
    expect(envelopes('Event')).toHaveLength(1);
  });
});

describe('sampling', () => {
  const traced = (count: number) => [
    ...times(count, (number) => ['attempt', parentOf(number), attempt]),
    ...times(count, (number) => ['tokenCall', parentOf(number), token]),
    ...times(count, (number) => ['audit', parentOf(number), update]),
  ];

  test('thins dependencies by whole traces, and no event, exception or metric', async () => {
    const telemetry = await startTelemetry(emulator, { samplingPercent: 50 });
    await telemetry.record(...traced(200));
    await telemetry.throw(parentOf(1), 'x');
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
    const kept = envelopes('RemoteDependency');
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(400);
    expect(kept.length).toBe(2 * new Set(kept.map(({ tags }) => tags['ai.operation.id'])).size);
    expect(new Set(kept.map(({ sampleRate }) => sampleRate))).toEqual(new Set([50]));
    expect(envelopes('Event')).toHaveLength(200);
    expect(envelopes('Exception')).toHaveLength(1);
    const sums = Object.entries(metrics()).map(([name, [sum]]) => [name, sum]);
    expect(Object.fromEntries(sums)).toMatchObject({ 'updates applied': 200, 'tokenRefreshes true': 200 });
  });

  test('of 0 percent keeps no dependency', async () => {
    const telemetry = await startTelemetry(emulator, { samplingPercent: 0 });
    await telemetry.record(...traced(20));
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
    expect(envelopes('RemoteDependency')).toEqual([]);
    expect(envelopes('Event')).toHaveLength(20);
  });
});

describe('an error that nobody foresaw', () => {
  test('is told by type and frames, without its message', async () => {
    const telemetry = await startTelemetry(emulator);
    await telemetry.throw(parentOf(1), 'SECRET-VALUE\n    at SECRET-FRAME (x.js:1:1)\nmore of SECRET-VALUE');
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
    const [exception, ...more] = envelopes('Exception');
    expect(more).toEqual([]);
    expect(exception).toMatchObject({
      sampleRate: 100,
      tags: { 'ai.operation.id': traceOf(1), 'ai.operation.parentId': spanOf(1) },
      data: {
        baseData: {
          severityLevel: 'Error',
          exceptions: [{ typeName: 'TypeError', message: 'TypeError', stack: expect.stringContaining('app.js') }],
        },
      },
    });
    expect(JSON.stringify([envelopes(), requests()])).not.toContain('SECRET');
  });
});

describe('who asks ingestion', () => {
  test('the connection string alone, unless told otherwise', async () => {
    const telemetry = await startTelemetry(emulator);
    await telemetry.record(['audit', parentOf(1), update]);
    await telemetry.close(limitMs);
    expect(requests()).not.toEqual([]);
    expect(requests().filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(emulator.requests()).toEqual([]);
  });

  test('the managed identity, where local authentication is off', async () => {
    const strict = await startEmulator({ ingestionNeedsToken: true });
    try {
      const telemetry = await startTelemetry(strict, { identityClientId: strict.clientId });
      await telemetry.record(['attempt', parentOf(1), attempt], ['audit', parentOf(1), update]);
      expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
      expect(strict.ingestion.envelopes('Event')).toHaveLength(1);
      const authorizations = strict.ingestion.requests().map(({ headers }) => headers.authorization);
      expect(authorizations).toEqual(authorizations.map(() => expect.stringMatching(/^Bearer [\w-]+\./)));
      expect(
        strict.requests().map(({ server, path }) => [server, new URL(path, 'http://x').searchParams.get('resource')]),
      ).toEqual([['identity', 'https://monitor.azure.com']]);
    } finally {
      await strict.close();
    }
  });
});
