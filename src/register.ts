import type { HttpHandler, StorageQueueHandler } from '@azure/functions';
import type { Parts } from './compose.js';
import { batch } from './http/batch.js';
import type { Endpoint, Path } from './http/call.js';
import { contract } from './http/contract.js';
import { docs, docsFile } from './http/docs.js';
import { handle } from './http/handle.js';
import { live, ready } from './http/health.js';
import { home } from './http/home.js';
import { cancel, jobs, previous, progress, result, submit } from './http/jobs.js';
import { labels } from './http/labels.js';
import { list } from './http/list.js';
import { notConfigured } from './http/notConfigured.js';
import { read } from './http/read.js';
import { preview, update } from './http/update.js';
import { names } from './jobs/azure.js';
import { onMessage, onPoisonedMessage } from './jobs/compose.js';
import type { Resource } from './resource/resource.js';

/** One function as it is registered with the platform. */
export type AppFunction =
  | { readonly trigger: 'http'; readonly name: string; readonly route: string; readonly handler: HttpHandler }
  | { readonly trigger: 'queue'; readonly name: string; readonly queue: string; readonly handler: StorageQueueHandler };

/** A route below {@link prefix}, and the role that each of its methods needs; other methods are answered with 404 or 405. */
export interface Registered {
  readonly route: string;
  readonly roles: Readonly<Record<string, Endpoint['role']>>;
}

/** Where everything is; the platform adds no prefix of its own (host.json), so that `/` can be answered, too. */
const prefix = 'api';

/** Every path below {@link prefix} with what it does by method and for whom. */
const pathsOf = ({ name }: Resource): readonly Path[] => [
  { route: 'docs', methods: { GET: { role: 'none', handler: docs } } },
  { route: 'docs/{file}', methods: { GET: { role: 'none', handler: docsFile } } },
  { route: 'health/live', methods: { GET: { role: 'none', handler: live } } },
  { route: 'health/ready', methods: { GET: { role: 'none', handler: ready } } },
  { route: 'openapi.json', methods: { GET: { role: 'none', handler: contract } } },
  { route: `v1/${name}`, methods: { GET: { role: 'Read', handler: list } } },
  { route: `v1/${name}/batch`, methods: { POST: { role: 'Write', handler: batch, audited: true } } },
  {
    route: `v1/${name}/jobs`,
    methods: { GET: { role: 'Operate', handler: jobs }, POST: { role: 'Write', handler: submit } },
  },
  {
    route: `v1/${name}/jobs/{jobId}`,
    methods: { GET: { role: 'Operate', handler: progress }, DELETE: { role: 'Operate', handler: cancel } },
  },
  {
    route: `v1/${name}/jobs/{jobId}/previous`,
    methods: { GET: { role: 'Operate', handler: previous } },
  },
  {
    route: `v1/${name}/jobs/{jobId}/result`,
    methods: { GET: { role: 'Operate', handler: result } },
  },
  { route: `v1/${name}/labels`, methods: { GET: { role: 'Read', handler: labels } } },
  {
    route: `v1/${name}/{id}`,
    methods: { GET: { role: 'Read', handler: read }, PATCH: { role: 'Write', handler: update, audited: true } },
  },
  { route: `v1/${name}/{id}/preview`, methods: { POST: { role: 'Write', handler: preview } } },
  { route: 'v1/{*path}' },
];

/** What is registered, without what it does: the contract is written from it. */
export function registeredOf(resource: Resource): readonly Registered[] {
  return pathsOf(resource).map(({ route, methods = {} }) => ({
    route,
    roles: Object.fromEntries(Object.entries(methods).map(([method, { role }]) => [method, role])),
  }));
}

/** Leads to the page; not part of the contract. */
const homePath: Omit<Path, 'route'> = { methods: { GET: { role: 'none', handler: home } } };

/** Every path with its whole route. Each is there once, for all methods, so that a wrong one can be answered with 405 and `Allow`. */
const allPathsOf = (resource: Resource): readonly Path[] => [
  { ...homePath, route: '/' },
  { ...homePath, route: prefix },
  ...pathsOf(resource).map((path) => ({ ...path, route: `${prefix}/${path.route}` })),
];

/** Every function. */
export function appFunctions(parts: Parts): AppFunction[] {
  return [
    ...allPathsOf(parts.resource).map((path) => httpFunction(path, handle(path, parts))),
    ...queueFunctions(parts),
  ];
}

/** The functions of jobs: the deployment scales the first by itself, and an operator can pause it. */
export const jobFunctions = { run: 'jobs', poison: 'jobs-poison' } as const;

/** One for the queue of jobs, so that the platform scales it by itself, and one for what the platform gives up, in a queue of that name. */
function queueFunctions({ jobs: parts, lifecycle }: Parts): AppFunction[] {
  const run = (name: string, queue: string, onOne: typeof onMessage): AppFunction => ({
    trigger: 'queue',
    name,
    queue,
    handler: (message) => lifecycle.run(onOne(message, parts)),
  });
  return [
    run(jobFunctions.run, names.queue, onMessage),
    run(jobFunctions.poison, `${names.queue}-poison`, onPoisonedMessage),
  ];
}

/** Every function while the settings are unusable: nothing but HTTP is answered. */
export function refusingFunctions(resource: Resource): AppFunction[] {
  return allPathsOf(resource).map((path) => httpFunction(path, notConfigured));
}

function httpFunction({ route }: Path, handler: HttpHandler): AppFunction {
  return { trigger: 'http', name: functionName(route), route, handler };
}

/**
 * The platform tries routes in the alphabetical order of their functions' names. A name that is made from its route has a parameter
 * after every literal at the same place, and a catch-all after both: whatever is added, a route is met before one that swallows it.
 */
export function functionName(route: string): string {
  const segments = route.split('/').filter((segment) => segment !== '');
  const words = segments.map((segment) => segment.replace(/^\{\*/, 'zzz-').replace(/^\{/, 'zz-').replace('}', ''));
  return words.join('-').replaceAll('.', '-') || 'home';
}
