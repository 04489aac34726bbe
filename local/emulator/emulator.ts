import { readArmedFaults, type ArmedFault } from './armory.js';
import { apiClientId, callers, clientId, identitySecret, tenantId } from './constants.js';
import { accessClaims } from './entra.js';
import { identityPath } from './identity.js';
import { emulatedIngestion, type EmulatedIngestion } from './ingestion.js';
import type { SigningKey } from './keys.js';
import { openMemory, type Memory } from './memory.js';
import type { Model } from './models.js';
import type { EmulatorOptions } from './options.js';
import type { Quota } from './quota.js';
import type { RecordedRequest } from './record.js';
import { startServers, type Servers } from './servers.js';

export interface Emulator {
  /** Root of Graph, without the version. */
  readonly graphUrl: string;
  /** The Entra ID issuer and the control addresses. */
  readonly identityUrl: string;
  /** What the app needs in its environment to find the managed identity; it has a port of its own, so that it can be refused (F30). */
  readonly identityEnvironment: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  /** All settings that the app needs to use this Graph, this identity and this issuer. */
  readonly environment: Readonly<Record<string, string>>;
  /** Client id of the managed identity. */
  readonly clientId: string;
  readonly tenantId: string;
  readonly ingestion: EmulatedIngestion;
  readonly model: (id: string) => Model | undefined;
  readonly models: () => Model[];
  /** Adds or replaces an object. */
  readonly put: (model: Model) => void;
  readonly requests: (filter?: { id?: string; method?: string }) => RecordedRequest[];
  /** Adds to the queue of faults. @throws Error as {@link readArmedFaults} */
  readonly arm: (armed: ArmedFault | readonly ArmedFault[]) => void;
  /** What is still armed: empty when a script has been played to its end. */
  readonly armed: () => ArmedFault[];
  /** Empties the queue, cuts what hangs or waits, accepts connections again. */
  readonly disarm: () => void;
  /** Ends the lag of reads behind the writes of an object, or of all. */
  readonly catchUp: (id?: string) => void;
  /** Objects as at first, no faults, no records, an unused quota. Keys and ports stay. */
  readonly reset: () => void;
  /** Writes that were counted, and the limits: `limit` changes them. */
  readonly quota: Pick<Quota, 'limits' | 'limit' | 'counts'>;
  /** A token signed by the key in use: one of the Write caller unless the claims say otherwise; `undefined` removes a claim. */
  readonly issue: (claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>) => string;
  /** All keys that ever signed, the one in use first. */
  readonly signingKeys: () => readonly SigningKey[];
  /** A new key signs from now on; the old ones stay published unless withdrawn. */
  readonly rotateKeys: (options?: { withdrawOld?: boolean }) => Promise<SigningKey>;
  readonly close: () => Promise<void>;
}

/** Starts Graph, the managed identity's endpoint, the Entra ID issuer and ingestion on the loopback address. Nothing else can reach them. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const memory = await openMemory(options);
  const servers = await startServers(memory, options, () => controls);
  const controls: ReturnType<typeof controlsOf> = controlsOf(memory, servers);
  const { store, keys, ingestion, ingestionLog } = memory;
  const { listeners, issuer, certificatePath } = servers;
  return {
    ...controls,
    ...addressesOf(listeners),
    clientId,
    tenantId,
    ingestion: emulatedIngestion(listeners.ingestion.url, certificatePath, ingestion, ingestionLog),
    catchUp: store.catchUp,
    model: store.get,
    put: store.put,
    issue: (claims = {}, header = {}) => keys.sign({ ...accessClaims(issuer, callers.write), ...claims }, header),
    signingKeys: keys.all,
    close: async () => {
      memory.disarm();
      await Promise.all(Object.values(listeners).map((listener) => listener.close()));
    },
  };
}

/** What can be asked of it in process and, at its control addresses, over HTTP. */
function controlsOf({ armory, disarm, reset, ...memory }: Memory, { listeners }: Servers) {
  const acceptAll = () => {
    for (const listener of Object.values(listeners)) listener.accept();
  };
  return {
    arm: (armed: ArmedFault | readonly ArmedFault[]) => {
      for (const one of readArmedFaults(armed)) {
        armory.arm(one.armed, one.row);
        if (one.row.act.do === 'refuse') listeners[one.row.act.listener].refuse();
      }
    },
    armed: armory.armed,
    disarm: () => {
      disarm();
      acceptAll();
    },
    reset: () => {
      reset();
      acceptAll();
    },
    requests: memory.log.list,
    models: memory.store.list,
    rotateKeys: memory.keys.rotate,
    envelopes: memory.ingestion.envelopes,
    quota: memory.quota,
    url: () => listeners.issuer.url,
  };
}

function addressesOf({ graph, identity, issuer }: Servers['listeners']) {
  const identityEnvironment = {
    IDENTITY_ENDPOINT: `${identity.url}${identityPath}`,
    IDENTITY_HEADER: identitySecret,
  };
  return {
    graphUrl: graph.url,
    identityUrl: issuer.url,
    identityEnvironment,
    environment: {
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      GRAPH_ROOT: graph.url,
      MANAGED_IDENTITY_CLIENT_ID: clientId,
      ENTRA_ROOT: issuer.url,
      ENTRA_TENANT_ID: tenantId,
      ENTRA_API_CLIENT_ID: apiClientId,
      ...identityEnvironment,
    },
  };
}
