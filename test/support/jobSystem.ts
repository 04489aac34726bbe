import type { EmulatorOptions } from '../../local/emulator/options.js';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { startStorage, type Storage } from '../../local/storage.js';
import { startStorageProxy, type StorageProxy } from './storageProxy.js';
import { startInstance, type Instance } from './system.js';

/** The product with everything that jobs need: instances that share one Graph and one storage. */
export interface JobSystem {
  readonly emulator: Emulator;
  readonly storage: Storage;
  /** Every instance reaches storage through it. */
  readonly proxy: StorageProxy;
  /** @throws Error when none was started */
  readonly first: Instance;
  /** Starts a further instance, as one does that takes over from a dead one. */
  readonly start: (environment?: Readonly<Record<string, string>>) => Promise<Instance>;
  /** Ends all of it, what was killed already too. */
  readonly stop: () => Promise<void>;
}

/** Times of the platform scaled down: a lock of ten minutes, a failure that comes again after 30 s, looks up to two seconds apart. */
const scaledHost = [
  '--queue-lock-seconds',
  '4',
  '--queue-retry-seconds',
  '1',
  '--queue-poll-ms',
  '200',
  '--queue-stop-ms',
  '2000',
];

export interface JobSystemOptions extends EmulatorOptions {
  /** How many instances, each a process of its own; one by default. */
  readonly instances?: number;
  /** Settings of every instance. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Loading telemetry costs each process a second. */
  readonly telemetry?: true;
  /** Flags of the embedded host instead of {@link scaledHost}. */
  readonly hostFlags?: readonly string[];
}

/** Starts emulator, Azurite in memory, the proxy between, and the instances, all on free ports. */
export async function startJobSystem(options: JobSystemOptions = {}): Promise<JobSystem> {
  const { instances: count = 1, environment = {}, telemetry, hostFlags = scaledHost, ...emulatorOptions } = options;
  const [emulator, storage] = await Promise.all([startEmulator(emulatorOptions), startStorage()]);
  const proxy = await startStorageProxy(storage);
  const instances: Instance[] = [];
  const start: JobSystem['start'] = async (own = {}) => {
    const telemetrySettings = telemetry ? emulator.ingestion.environment : {};
    const settings = { ...proxy.environment, ...telemetrySettings, ...environment, ...own };
    const instance = await startInstance(emulator, settings, undefined, hostFlags);
    instances.push(instance);
    return instance;
  };
  const stop = async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await proxy.close();
    await Promise.all([storage.close(), emulator.close()]);
  };
  await Promise.all(Array.from({ length: count }, () => start())).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    emulator,
    storage,
    proxy,
    get first() {
      const [first] = instances;
      if (first === undefined) throw new Error('No instance has started.');
      return first;
    },
    start,
    stop,
  };
}
