import { modelPerformance } from '../../src/resource/modelPerformance.js';
import type { Resource } from '../../src/resource/resource.js';
import { openArmory, type Armory } from './armory.js';
import { openIngestion, type Ingestion } from './ingestion.js';
import { openKeyRing, type KeyRing } from './keys.js';
import { seed } from './models.js';
import type { EmulatorOptions } from './options.js';
import { openQuota, type Quota } from './quota.js';
import { openLog, type Log } from './record.js';
import { openStore, type Store } from './store.js';

/** What an emulator knows from one request to the next; all its servers share it. */
export interface Memory {
  readonly now: () => number;
  readonly resource: Resource;
  readonly store: Store;
  readonly quota: Quota;
  readonly keys: KeyRing;
  readonly armory: Armory;
  readonly log: Log;
  readonly ingestion: Ingestion;
  /** Requests of telemetry are remembered apart. */
  readonly ingestionLog: Log;
  /** Aborted when everything that hangs or waits is to be cut. */
  readonly released: () => AbortSignal;
  /** No fault is armed any more, and nothing hangs or waits. */
  readonly disarm: () => void;
  /** As at first, but for the keys. */
  readonly reset: () => void;
}

/** Opens the memory of an emulator that nothing has happened to yet. */
export async function openMemory(options: EmulatorOptions): Promise<Memory> {
  const { now = Date.now, resource = modelPerformance, objects = seed() } = options;
  const keys = await openKeyRing();
  const store = openStore(now, resource, () => objects);
  const quota = openQuota(options.quota ?? {}, now);
  const armory = openArmory();
  const log = openLog(options.recordLimit ?? 10_000);
  const ingestionLog = openLog(1_000);
  const needsToken = options.ingestionNeedsToken ?? false;
  const ingestion = openIngestion({ keys, now, limit: options.envelopeLimit ?? 20_000, needsToken });
  let release = new AbortController();
  const disarm = () => {
    armory.clear();
    release.abort();
    release = new AbortController();
  };
  return {
    ...{ now, resource, store, quota, keys, armory, log, ingestion, ingestionLog },
    released: () => release.signal,
    disarm,
    reset: () => {
      disarm();
      for (const held of [store, quota]) held.reset();
      for (const kept of [log, ingestionLog, ingestion]) kept.clear();
    },
  };
}
