import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { faults } from '../../local/emulator/faults.js';
import { dropCauses, type DropCause } from '../../src/telemetry/drops.js';
import { noTelemetry, type TelemetryOptions } from '../../src/telemetry/telemetry.js';
import { attempt, endProcesses, parentOf, startTelemetry, update, type Made } from './fixture/process.js';
import { until } from '../support/until.js';

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

const audits = (count: number): Made[] =>
  Array.from({ length: count }, (_, number) => [
    'audit',
    parentOf(number),
    { ...update, resourceId: `model-${number}` },
  ]);
type Lost = Partial<Record<DropCause, number>>;
const lostLine = (lost: Lost) =>
  `Warning: records of telemetry were lost: ${Object.entries(lost)
    .map(([cause, count]) => `${count} ${dropCauses[cause as DropCause]}`)
    .join(', ')}.`;
const arrived = () =>
  emulator.ingestion
    .envelopes('Event')
    .map(({ data }) => (data.baseData.properties as { resourceId: string }).resourceId);

describe('F35: ingestion fails for good', () => {
  const cases: [fault: string, lost: Lost, options?: Partial<TelemetryOptions>][] = [
    ['F35-down', { late: 23 }],
    // The end does not wait for a sending that never ends: what was on its way counts as lost.
    ['F35-slow', { late: 23 }, { sendTimeoutMs: 10 * limitMs }],
    ['F35-slow', { late: 23 }, { sendTimeoutMs: 50 }],
    ['F35-429', { late: 23 }],
    ['F35-500', { late: 23 }],
    ['F35-redirect', { refused: 23 }],
    [
      'F35-dns',
      { late: 23 },
      {
        connectionString:
          'InstrumentationKey=e1a7c0de-0000-4000-a000-0000000000e1;IngestionEndpoint=https://x.invalid/',
      },
    ],
  ];

  test.each(cases)(
    '%s (%j, %j): the end keeps its limit, and every loss is counted and told by its cause',
    async (fault, lost, options = {}) => {
      if (fault === 'F35-down') emulator.arm({ fault });
      else if (fault !== 'F35-dns') emulator.arm({ fault, times: 'always' });
      const telemetry = await startTelemetry(emulator, options);
      await telemetry.record(...audits(20), ['attempt', parentOf(1), attempt]);
      if (fault !== 'F35-down' && fault !== 'F35-dns')
        await until('a request to ingestion', () => emulator.ingestion.requests().length > 0);
      const { tookMs, dropped, reported } = await telemetry.close(500);
      expect(tookMs).toBeLessThan(limitMs);
      // The measures of all updates are two totals: of outcomes, and of attempts.
      expect(dropped).toBe(20 + 1 + 2);
      expect(reported).toEqual([lostLine(lost)]);
      expect(emulator.ingestion.envelopes()).toEqual([]);
      expect(emulator.requests()).toEqual([]);
    },
  );

  test('every row of the table is played', () => {
    const rows = [...faults.values()].filter(({ on }) => on === 'ingestion').map(({ id }) => id);
    expect(new Set([...cases.map(([id]) => id), 'F35-partial'])).toEqual(new Set(rows));
  });
});

describe('F35: ingestion comes back', () => {
  test.each([
    ['F35-429', { retryAfterSeconds: 1 }, 990],
    ['F35-500', {}, 0],
    ['F35-slow', {}, 0],
  ])('after %s everything arrives, once and in order', async (fault, more, waitedAtLeastMs) => {
    emulator.arm({ fault, ...more });
    const telemetry = await startTelemetry(emulator, { sendTimeoutMs: 1_000 });
    await telemetry.record(...audits(20));
    await until('the first event', () => arrived().length > 0);
    const [first, second] = emulator.ingestion.requests();
    await until('a delivery', async () => (await telemetry.sending()) === 'delivered', { limitMs });
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(waitedAtLeastMs);
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0, reported: [] });
    expect(arrived()).toEqual(audits(20).map((_, number) => `model-${number}`));
  });

  test('after a time down the newest arrive: the buffer is bounded, and the oldest made room', async () => {
    emulator.arm({ fault: 'F35-down' });
    const telemetry = await startTelemetry(emulator, { limit: 10 });
    await telemetry.record(...audits(30));
    expect(await telemetry.dropped()).toBe(20);
    emulator.disarm();
    await until('the first event', () => arrived().length > 0);
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 20, reported: [lostLine({ room: 20 })] });
    expect(arrived()).toEqual(
      audits(30)
        .slice(20)
        .map((_, number) => `model-${number + 20}`),
    );
    expect(JSON.stringify(emulator.ingestion.envelopes('Metric'))).toMatch(/"name":"updates"[^}]*"value":30,/);
  });

  test('what ingestion refuses of a batch is counted, the rest arrives once', async () => {
    emulator.arm({ fault: 'F35-partial' });
    const telemetry = await startTelemetry(emulator);
    await telemetry.record(...audits(20));
    expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 10, reported: [lostLine({ refused: 10 })] });
    expect(arrived()).toEqual(
      audits(20)
        .map((_, number) => `model-${number}`)
        .filter((_, index) => index % 2 === 0),
    );
    expect(emulator.ingestion.envelopes('Metric').map(({ data }) => data.baseData)).toContainEqual(
      expect.objectContaining({
        metrics: [expect.objectContaining({ name: 'telemetryDropped', value: 10 })],
        properties: { cause: 'refused' },
      }),
    );
  });
});

describe('F30, F31: the identity fails', () => {
  test.each(['F30-503', 'F30-refused', 'F31'])('%s: nothing is sent, and every loss is counted', async (fault) => {
    const strict = await startEmulator({ ingestionNeedsToken: true });
    try {
      strict.arm(fault === 'F30-refused' ? { fault } : { fault, times: 'always' });
      const telemetry = await startTelemetry(strict, { identityClientId: strict.clientId });
      await telemetry.record(...audits(20));
      if (fault !== 'F30-refused') await until('a request', () => strict.requests().length > 0);
      expect(await telemetry.close(1_000)).toMatchObject({ dropped: 22, reported: [lostLine({ late: 22 })] });
      expect(strict.ingestion.requests()).toEqual([]);
    } finally {
      await strict.close();
    }
  });

  test('when it is back, everything arrives', async () => {
    const strict = await startEmulator({ ingestionNeedsToken: true });
    try {
      strict.arm({ fault: 'F33' });
      const telemetry = await startTelemetry(strict, { identityClientId: strict.clientId });
      await telemetry.record(...audits(20));
      await until('the first event', () => strict.ingestion.envelopes('Event').length > 0, { limitMs });
      expect(await telemetry.close(limitMs)).toMatchObject({ dropped: 0 });
      expect(strict.ingestion.envelopes('Event')).toHaveLength(20);
    } finally {
      await strict.close();
    }
  });
});

test('losses are told once in a while, however many there are', async () => {
  emulator.arm({ fault: 'F35-redirect', times: 'always' });
  const telemetry = await startTelemetry(emulator, { dropsReportMs: 1 });
  for (let round = 1; round <= 3; round += 1) {
    await telemetry.record(['attempt', parentOf(1), attempt]);
    await until('a loss', async () => (await telemetry.dropped()) >= round);
  }
  expect(await telemetry.sending()).toBe('refused');
  const { dropped, reported } = await telemetry.close(limitMs);
  expect(reported.length).toBeGreaterThan(1);
  const counts = reported.map((line) => Number(/(\d+) were refused by ingestion for good\.$/.exec(line)?.[1]));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(dropped);
});

test('a library that cannot start takes nothing with it but telemetry', async () => {
  const telemetry = await startTelemetry(emulator, { connectionString: 'nonsense' });
  await telemetry.record(...audits(5));
  await until('seven losses', async () => (await telemetry.dropped()) === 7);
  expect(await telemetry.sending()).toBe('ended');
  await telemetry.record(...audits(5));
  const { dropped, reported } = await telemetry.close(limitMs);
  expect(dropped).toBe(14);
  expect(reported).toEqual([expect.stringMatching(/^Warning: records of telemetry were lost: /)]);
});

test('what cannot be made of what it was given is counted; nothing is thrown', async () => {
  const telemetry = await startTelemetry(emulator);
  await telemetry.hostile();
  await telemetry.record(...audits(1));
  const { dropped, reported } = await telemetry.close(limitMs);
  expect({ dropped, reported }).toEqual({ dropped: 7, reported: [lostLine({ unreadable: 7 })] });
  expect(arrived()).toEqual(['model-0']);
  expect(emulator.ingestion.envelopes('Exception')).toHaveLength(1);
});

test('F36: without a connection string nothing happens', async () => {
  noTelemetry.attempt({}, attempt);
  noTelemetry.audit({}, update);
  noTelemetry.exception({}, new Error('x'));
  expect([noTelemetry.dropped(), noTelemetry.sending()]).toEqual([0, 'off']);
  await noTelemetry.close(1);
});
