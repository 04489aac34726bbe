// What telemetry costs, as medians of interleaved rounds, each in a process of its own: `node bench/telemetry-weight.cjs [rounds]`.
// Needs a build. "in the thread" is how the product does it, "in the process" how it would be without the thread.
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setTimeout: wait } = require('node:timers/promises');

const connectionString =
  'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://127.0.0.1:9/';
const telemetryFolder = join(__dirname, '..', 'dist', 'src', 'telemetry');

const ways = {
  'without telemetry': () => undefined,
  'in the thread': () => {
    const { createTelemetry } = require(join(telemetryFolder, 'telemetry.js'));
    const { threadEnvironment } = require(join(telemetryFolder, 'environment.js'));
    const telemetry = createTelemetry({
      ...{ connectionString, samplingPercent: 100, intervalMs: 100, dropsReportMs: 60_000, startDelayMs: 0 },
      environment: threadEnvironment(process.env),
      reportDrops: () => undefined,
    });
    telemetry.tokenCall({}, { target: 'x', startMs: Date.now(), durationMs: 1, success: true });
    return telemetry;
  },
  'in the process': () => {
    const { useAzureMonitor } = require('applicationinsights');
    const off = { enabled: false };
    useAzureMonitor({
      azureMonitorExporterOptions: { connectionString, disableOfflineStorage: true },
      ...{
        tracesPerSecond: 0,
        enableLiveMetrics: false,
        enableStandardMetrics: false,
        enablePerformanceCounters: false,
      },
      instrumentationOptions: {
        http: off,
        azureSdk: off,
        mongoDb: off,
        mySql: off,
        postgreSql: off,
        redis: off,
        redis4: off,
      },
    });
  },
};

/** The longest time for which nothing else could run, and the memory after it. */
async function measure(way) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await wait(20);
  const start = performance.now();
  const telemetry = ways[way]();
  const calledMs = performance.now() - start;
  await wait(4_000);
  delay.disable();
  let recordedUs = 0;
  if (telemetry !== undefined) {
    const attempt = {
      name: 'PATCH model-performance',
      method: 'PATCH',
      target: 'x',
      startMs: 0,
      durationMs: 1,
      success: true,
      attempt: 1,
      waitMs: 0,
    };
    const before = performance.now();
    for (let count = 0; count < 5_000; count += 1) telemetry.attempt({ traceparent: '' }, attempt);
    recordedUs = ((performance.now() - before) * 1000) / 5_000;
  }
  const rssMb = process.memoryUsage.rss() / 2 ** 20;
  process.stdout.write(JSON.stringify({ calledMs, blockedMs: delay.max / 1e6, rssMb, recordedUs }));
  process.exit();
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function main(rounds) {
  const results = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of Object.keys(ways)) {
      const { stdout } = spawnSync(process.execPath, [__filename, '--measure', way], { encoding: 'utf8' });
      results[way].push(JSON.parse(stdout.slice(stdout.lastIndexOf('{'))));
    }
  }
  for (const [way, measured] of Object.entries(results)) {
    const of = (name) => median(measured.map((one) => one[name])).toFixed(1);
    process.stdout.write(
      `${way.padEnd(18)} starting it ${of('calledMs')} ms, event loop blocked ${of('blockedMs')} ms, ${of('rssMb')} MB, one record ${of('recordedUs')} µs\n`,
    );
  }
}

if (process.argv[2] === '--measure') void measure(process.argv[3]);
else main(Number(process.argv[2] ?? 7));
