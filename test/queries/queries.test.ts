import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { problems } from '../../src/problem.js';
import { functionName, registeredOf } from '../../src/register.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { jobMetrics } from '../support/jobMetrics.js';
import { play, scaled } from '../support/play.js';
import { startSystem } from '../support/system.js';
import { complaints, reads } from './kusto.js';
import { until } from '../support/until.js';

const folder = 'infra/queries';
const queries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.kql'))
  .sort()
  .map((name) => ({ name, query: readFileSync(join(folder, name), 'utf8') }));

/** Requests carry the name of the function that answered. */
const functions = registeredOf(modelPerformance).map(({ route }) => functionName(`api/${route}`));

/** What ingestion has seen, by the table that it lands in. */
interface Seen {
  readonly names: Set<string>;
  readonly dimensions: Set<string>;
  readonly measurements: Set<string>;
}
const seen: Record<string, Seen> = {};
const changes = new Set<string>();

/** Kinds of envelopes, and the table that each lands in. Source: the Application Insights data model. */
const tableOf: Record<string, string> = {
  Event: 'customEvents',
  Metric: 'customMetrics',
  RemoteDependency: 'dependencies',
  Exception: 'exceptions',
};

interface Content {
  readonly name?: string;
  readonly metrics?: readonly { readonly name: string }[];
  readonly properties?: Record<string, string>;
  readonly measurements?: Record<string, number>;
}

beforeAll(async () => {
  const system = await startSystem({ ...scaled, TELEMETRY_INTERVAL_MS: '100' }, { telemetry: true });
  const { ingestion } = system.emulator;
  await play(system, []);
  await play(system, [{ fault: 'F03' }]);
  await play(system, [{ fault: 'F16', times: 'always' }]);
  await play(system, [{ fault: 'F29-nan', method: 'GET' }]);
  const arrived = () =>
    ingestion.envelopes('Event').length === 4 && JSON.stringify(ingestion.envelopes('Metric')).includes('graphWaitMs');
  await until('four events, and the waits', arrived);
  // A loss is told once the next sending is taken.
  system.emulator.arm({ fault: 'F35-partial' });
  await Promise.all([play(system, []), play(system, [])]);
  const lossTold = () => JSON.stringify(ingestion.envelopes('Metric')).includes('telemetryDropped');
  await until('the metric of what was lost', lossTold);
  await system.stop();

  for (const { name, data } of ingestion.envelopes()) {
    const table = tableOf[name.split('.').at(-1) ?? ''] ?? '';
    const content = data.baseData as Content;
    const { names, dimensions, measurements } = (seen[table] ??= {
      names: new Set(),
      dimensions: new Set(),
      measurements: new Set(),
    });
    for (const one of [content, ...(content.metrics ?? [])]) if (one.name !== undefined) names.add(one.name);
    for (const one of Object.keys(content.properties ?? {})) dimensions.add(one);
    for (const one of Object.keys(content.measurements ?? {})) measurements.add(one);
    const told = JSON.parse(content.properties?.changes ?? '[]') as object[];
    for (const one of told.flatMap(Object.keys)) changes.add(one);
  }
}, 120_000);

describe('every query', () => {
  test.each(queries)('$name compiles', ({ query }) => {
    expect(complaints(query)).toEqual([]);
  });

  test.each(queries)('$name names only what the product sends', ({ query }) => {
    const { table, names, dimensions, measurements, problems: named, changes: members } = reads(query);
    const unknownProblems = named.filter((code) => !(code in problems));
    expect(unknownProblems).toEqual([]);
    const unknownFunctions =
      table === 'requests' ? names.filter((name) => ![...functions, 'ModelPerformanceUpdated'].includes(name)) : [];
    expect(unknownFunctions).toEqual([]);
    // The host sends requests.
    if (table === 'requests') return;
    const ofJobs = names.find((name) => name in jobMetrics);
    if (ofJobs !== undefined) {
      expect(jobMetrics[ofJobs]).toEqual(expect.arrayContaining([...dimensions]));
      return;
    }
    // What stands beside the logs of storage are metrics.
    const sent = seen[table === 'StorageQueueLogs' ? 'customMetrics' : table];
    expect(sent).toBeDefined();
    const unsent = [
      ...names.filter((name) => !sent?.names.has(name)),
      ...dimensions.filter((name) => !sent?.dimensions.has(name)),
      ...measurements.filter((name) => !sent?.measurements.has(name)),
      ...members.filter((name) => !changes.has(name)),
    ];
    expect(unsent).toEqual([]);
  });
});

test('a query that names what is not there is found', () => {
  expect(complaints('customEvents\n| where nme == 1')).toEqual([expect.stringMatching(/^2: .*nme/)]);
  const query = "// x\ncustomMetrics\n| where name in ('a', 'b') and customDimensions.c == 'd' and problem == 'e'";
  expect(reads(query)).toEqual({
    table: 'customMetrics',
    names: ['a', 'b'],
    dimensions: ['c'],
    measurements: [],
    changes: [],
    problems: ['e'],
  });
});
