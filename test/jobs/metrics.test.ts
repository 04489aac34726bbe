import { expect, test } from '@jest/globals';
import type { JobView } from '../../src/jobs/view.js';
import { jobMetrics } from '../support/jobMetrics.js';
import { useJobSystem } from '../support/useSystem.js';
import { until } from '../support/until.js';

const system = useJobSystem({
  telemetry: true,
  environment: { TELEMETRY_INTERVAL_MS: '100', PACE_WINDOW_MS: '2000' },
});

interface Metric {
  readonly metrics: readonly { readonly name: string; readonly value: number; readonly count?: number }[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** What has arrived of one metric: its dimensions, and its values added up. */
function arrived(name: string) {
  const found = system.emulator.ingestion
    .envelopes('Metric')
    .map(({ data }) => data.baseData as unknown as Metric)
    .filter(({ metrics }) => metrics.some((one) => one.name === name));
  return {
    dimensions: [...new Set(found.flatMap(({ properties = {} }) => Object.keys(properties)))],
    outcomes: [...new Set(found.map(({ properties = {} }) => properties.outcome ?? properties.status ?? ''))],
    sum: found.reduce((sum, { metrics }) => sum + (metrics[0]?.value ?? 0), 0),
  };
}

test('a job tells how its rows and itself ended, and how far the pace is used', async () => {
  const updates = system.emulator.models().map(({ id }) => ({ id, windowsScore: 12.5 }));
  const answer = await system.first.call('/api/v1/model-performance/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'measured' },
    body: JSON.stringify({ updates }),
  });
  expect(answer.status).toBe(201);
  const { jobId } = JSON.parse(answer.text) as JobView;
  await until('the metric of the ended job', () => arrived('jobsEnded').sum > 0);
  const { text } = await system.first.call(`/api/v1/model-performance/jobs/${jobId}`);
  expect(JSON.parse(text)).toMatchObject({ status: 'Succeeded' });
  expect(arrived('jobRows')).toMatchObject({ outcomes: ['applied'], sum: updates.length });
  expect(arrived('jobsEnded')).toMatchObject({ outcomes: ['Succeeded'], sum: 1 });
  expect(arrived('paceUsed').sum).toBeGreaterThan(0);
  for (const [name, dimensions] of Object.entries(jobMetrics))
    expect(arrived(name).dimensions).toEqual(expect.arrayContaining([...dimensions]));
});
