import { Agent } from 'node:https';
import { parentPort, workerData } from 'node:worker_threads';
import { ManagedIdentityCredential } from '@azure/identity';
import { useAzureMonitor } from 'applicationinsights';
import { createEmitter } from './emit.js';
import { fine, lost, watchIngestion } from './ingestion.js';
import type { Job, Receipt, ThreadSettings } from './records.js';

// The telemetry thread: the library, and all that it loads, patches, sends and waits for, away from the callers' event loop.
// The switches that the library takes from the environment are in environment.ts; this thread has an environment of its own.
const { connectionString, identityClientId, samplingPercent, sendTimeoutMs } = workerData as ThreadSettings;

/** The exporter asks this host for settings of its own, soon after the start and then hourly; no option or variable ends that. */
const settingsHost = 'settings.sdk.monitor.azure.com';
type Connect = (this: Agent, ...given: Parameters<Agent['createConnection']>) => ReturnType<Agent['createConnection']>;
const { value: connect } = Object.getOwnPropertyDescriptor(Agent.prototype, 'createConnection') as { value: Connect };
Agent.prototype.createConnection = function (this: Agent, options, callback) {
  if (options.host === settingsHost) throw new Error('This host is not asked.');
  return connect.call(this, options, callback);
};

const watch = watchIngestion(sendTimeoutMs);
const off = { enabled: false };
useAzureMonitor({
  azureMonitorExporterOptions: {
    connectionString,
    // Telemetry on the disk of an instance would outlive it, and audit events with it.
    disableOfflineStorage: true,
    // What fails waits in the outbox, which is bounded and counts; the exporter would hold it for as long as Retry-After says.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: watch, position: 'perCall' }],
    ...(identityClientId !== undefined && { credential: new ManagedIdentityCredential(identityClientId) }),
  },
  samplingRatio: samplingPercent / 100,
  // The library's default keeps five traces a second.
  tracesPerSecond: 0,
  enableTraceBasedSamplingForLogs: false,
  enableLiveMetrics: false,
  enableStandardMetrics: false,
  enablePerformanceCounters: false,
  enableAutoCollectExceptions: false,
  instrumentationOptions: {
    http: off,
    azureSdk: off,
    mongoDb: off,
    mySql: off,
    postgreSql: off,
    redis: off,
    redis4: off,
    bunyan: off,
    winston: off,
    console: off,
  },
});
const emitter = createEmitter();

async function handle({ id, records }: Job): Promise<Receipt> {
  const kept = records.filter(emitter.emit).length;
  await emitter.flush();
  // Without a token there is no request at all, and the library tells nobody.
  const { again, refused, ...more } = watch.outcome() ?? (kept > 0 ? lost : fine);
  return { id, again, refused: refused === 'all' ? records.length : Math.min(refused, records.length), ...more };
}

/** One batch at a time: what the watch saw then belongs to it, and the library ignores a flush during another. */
let last = Promise.resolve();
parentPort?.on('message', (job: Job) => {
  last = last.then(async () => {
    parentPort?.postMessage(await handle(job));
  });
});
