import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCertificate } from './certificate.js';
import { answerControl, isControl, type Controls } from './control.js';
import { answerIssuer, faultPlaceOf, type Issuer } from './entra.js';
import { json, splitTarget, type Answer } from './exchange.js';
import { answerGraph, type Graph } from './graph.js';
import { answerIdentity, type Identity } from './identity.js';
import { listenAll, type Listener } from './listener.js';
import type { Memory } from './memory.js';
import type { EmulatorOptions } from './options.js';
import { itemsOf, serve, type Part, type Stage } from './serve.js';

/** The servers of an emulator, each on a port of its own. */
export interface Servers {
  readonly listeners: Readonly<Record<'graph' | 'identity' | 'issuer' | 'ingestion' | 'elsewhere', Listener>>;
  readonly issuer: Issuer;
  /** Path of the certificate that ingestion shows. */
  readonly certificatePath: string;
}

const leastRoles = ['DeviceManagementConfiguration.ReadWrite.All'];

/**
 * Starts Graph, the managed identity's endpoint, the Entra ID issuer with the control addresses, ingestion, and a server for redirects
 * to other hosts, all on the loopback address.
 */
export async function startServers(
  memory: Memory,
  options: EmulatorOptions,
  controls: () => Controls,
): Promise<Servers> {
  const { now, keys, ingestion } = memory;
  const certificate = await readCertificate();
  const stage: Stage = {
    ...memory,
    setting: { now, elsewhereUrl: () => listeners.elsewhere.url, released: memory.released },
  };
  const graph: Graph = { ...memory, url: () => listeners.graph.url, items: itemsOf(stage) };
  const issuer: Issuer = { keys, now, url: () => listeners.issuer.url };
  const identity: Identity = {
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
  const listeners: Servers['listeners'] = await listenAll({
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
        ? { server: 'control', handle: (call) => answerControl(controls(), call) }
        : { server: 'entra', on: faultPlaceOf(path), handle: (call) => answerIssuer(issuer, call) },
    ),
    ingestion: {
      ...on(options.ingestionPort, () => ({ server: 'ingestion', on: 'ingestion', handle: ingestion.answer }), {
        ...stage,
        log: memory.ingestionLog,
      }),
      pem: certificate.pem,
    },
    elsewhere: on(0, () => ({ server: 'elsewhere', handle: () => json(200, { value: [] }) })),
  });
  return { listeners, issuer, certificatePath: certificate.path };
}
