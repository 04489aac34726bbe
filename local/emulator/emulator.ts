import type { IncomingMessage, ServerResponse } from 'node:http';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import type { Resource } from '../../src/resource/resource.js';
import { openArmory, readArmedFaults, type ArmedFault } from './armory.js';
import { readCertificate } from './certificate.js';
import { apiClientId, callers, clientId, identitySecret, tenantId } from './constants.js';
import { answerControl, isControl } from './control.js';
import { accessClaims, answerIssuer, faultPlaceOf } from './entra.js';
import { json, splitTarget, type Answer } from './exchange.js';
import { answerGraph, type Graph } from './graph.js';
import { answerIdentity, identityPath } from './identity.js';
import { emulatedIngestion, openIngestion, type EmulatedIngestion } from './ingestion.js';
import { openKeyRing, type SigningKey } from './keys.js';
import { listenAll } from './listener.js';
import { seed, type Model } from './models.js';
import { openQuota, type Quota, type QuotaLimits } from './quota.js';
import { openLog, type RecordedRequest } from './record.js';
import { itemsOf, serve, type Part, type Stage } from './serve.js';
import { openStore } from './store.js';

export interface EmulatorOptions {
  /** The collection that Graph has, and its objects at first; the models of the seed by default. */
  readonly resource?: Resource;
  readonly objects?: readonly Model[];
  /** 0, the default, for any free port. */
  readonly graphPort?: number;
  readonly identityPort?: number;
  readonly ingestionPort?: number;
  /** Milliseconds since 1970; the machine's clock by default. */
  readonly now?: () => number;
  /** Life of the managed identity's tokens; 24 hours by default, as in Azure. */
  readonly tokenLifetimeSeconds?: number;
  /** Application roles on Graph of the managed identity; the least that a write on beta needs by default. */
  readonly roles?: readonly string[];
  /** Intune's quota of writes; counted and not enforced by default. */
  readonly quota?: QuotaLimits;
  /** How many requests are remembered, 10 000 by default. */
  readonly recordLimit?: number;
  /** How many envelopes of telemetry are remembered, 20 000 by default. */
  readonly envelopeLimit?: number;
  /** Whether ingestion takes nothing without a token of the managed identity; it does by default. */
  readonly ingestionNeedsToken?: boolean;
}

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
  /** Ends every lag of reads behind writes. */
  readonly catchUp: () => void;
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

const leastRoles = ['DeviceManagementConfiguration.ReadWrite.All'];

/** Starts Graph, the managed identity's endpoint, the Entra ID issuer and ingestion on the loopback address. Nothing else can reach them. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { now = Date.now } = options;
  const keys = await openKeyRing();
  const { resource = modelPerformance, objects = seed() } = options;
  const store = openStore(now, resource, () => objects);
  const quota = openQuota(options.quota ?? {}, now);
  const log = openLog(options.recordLimit ?? 10_000);
  const armory = openArmory();
  const certificate = await readCertificate();
  const ingestionLog = openLog(1_000);
  const ingestion = openIngestion({
    keys,
    now,
    limit: options.envelopeLimit ?? 20_000,
    needsToken: options.ingestionNeedsToken ?? false,
  });
  let release = new AbortController();

  const stage: Stage = {
    resource,
    armory,
    log,
    setting: { now, elsewhereUrl: () => listeners.elsewhere.url, released: () => release.signal },
  };
  const graph: Graph = { resource, store, quota, keys, now, url: () => listeners.graph.url, items: itemsOf(stage) };
  const issuer = { keys, now, url: () => listeners.issuer.url };
  const identity = {
    keys,
    now,
    graphUrl: () => listeners.graph.url,
    roles: options.roles ?? leastRoles,
    lifetimeSeconds: options.tokenLifetimeSeconds ?? 86_400,
    given: new Map<string, Answer>(),
  };
  const on = (port: number | undefined, part: (path: string) => Part, stageOfPart = stage) => ({
    port: port ?? 0,
    serve: (request: IncomingMessage, response: ServerResponse) =>
      serve(stageOfPart, part(splitTarget(request.url ?? '').path), request, response),
  });
  const listeners = await listenAll({
    graph: on(options.graphPort, () => ({
      server: 'graph',
      on: 'graph',
      handle: (call, twist) => answerGraph(graph, call, twist),
    })),
    identity: on(0, () => ({
      server: 'identity',
      on: 'identity',
      handle: (call, twist) => answerIdentity(identity, call, twist),
    })),
    issuer: on(options.identityPort, (path) =>
      isControl(path)
        ? { server: 'control', handle: (call) => answerControl(controls, call) }
        : { server: 'entra', on: faultPlaceOf(path), handle: (call) => answerIssuer(issuer, call) },
    ),
    ingestion: {
      ...on(options.ingestionPort, () => ({ server: 'ingestion', on: 'ingestion', handle: ingestion.answer }), {
        ...stage,
        log: ingestionLog,
      }),
      pem: certificate.pem,
    },
    elsewhere: on(0, () => ({ server: 'elsewhere', handle: () => json(200, { value: [] }) })),
  });

  const controls = {
    arm: (armed: ArmedFault | readonly ArmedFault[]) => {
      for (const one of readArmedFaults(armed)) {
        armory.arm(one.armed, one.row);
        if (one.row.act.do === 'refuse') listeners[one.row.act.listener].refuse();
      }
    },
    armed: armory.armed,
    disarm: () => {
      armory.clear();
      release.abort();
      release = new AbortController();
      for (const listener of Object.values(listeners)) listener.accept();
    },
    reset: () => {
      controls.disarm();
      store.reset();
      quota.reset();
      log.clear();
      ingestionLog.clear();
      ingestion.clear();
    },
    requests: log.list,
    models: store.list,
    rotateKeys: keys.rotate,
    envelopes: ingestion.envelopes,
    quota,
    url: (): string => listeners.issuer.url,
  };

  const [graphUrl, identityUrl] = [listeners.graph.url, listeners.issuer.url];
  const identityEnvironment = {
    IDENTITY_ENDPOINT: `${listeners.identity.url}${identityPath}`,
    IDENTITY_HEADER: identitySecret,
  };
  return {
    ...controls,
    graphUrl,
    identityUrl,
    identityEnvironment,
    environment: {
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      GRAPH_ROOT: graphUrl,
      MANAGED_IDENTITY_CLIENT_ID: clientId,
      ENTRA_ROOT: identityUrl,
      ENTRA_TENANT_ID: tenantId,
      ENTRA_API_CLIENT_ID: apiClientId,
      ...identityEnvironment,
    },
    clientId,
    tenantId,
    ingestion: emulatedIngestion(listeners.ingestion.url, certificate.path, ingestion, ingestionLog),
    catchUp: store.catchUp,
    model: store.get,
    put: store.put,
    issue: (claims = {}, header = {}) => keys.sign({ ...accessClaims(issuer, callers.write), ...claims }, header),
    signingKeys: keys.all,
    close: async () => {
      armory.clear();
      release.abort();
      await Promise.all(Object.values(listeners).map((listener) => listener.close()));
    },
  };
}
