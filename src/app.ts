import type { HttpHandler } from '@azure/functions';
import type { Deps, Entry } from './http/call.js';
import { contract } from './http/contract.js';
import { docs, docsFile } from './http/docs.js';
import { handle, type Path, type Running } from './http/handle.js';
import { home } from './http/home.js';
import { live, ready } from './http/health.js';
import { list } from './http/list.js';
import { notConfigured } from './http/notConfigured.js';
import { read } from './http/read.js';
import { preview, update } from './http/update.js';

/** A function's name and route, and the role that each of its methods needs; other methods are answered with 404 or 405. */
export interface Registered {
  readonly name: string;
  readonly route: string;
  readonly roles: Readonly<Record<string, Entry['role']>>;
}

/** One function as it is registered with the platform. */
export interface AppFunction extends Registered {
  readonly handler: HttpHandler;
}

/** Where everything is; the platform adds no prefix of its own (host.json), so that `/` can be answered, too. */
const prefix = 'api';

/**
 * Every path below {@link prefix} with what it does by method and for whom, by its function's name. The platform tries routes in the
 * alphabetical order of these names: the catch-all must be the last.
 */
const paths: Record<string, Path> = {
  docs: { route: 'docs', methods: { GET: { role: 'none', story: docs } } },
  'docs-file': { route: 'docs/{file}', methods: { GET: { role: 'none', story: docsFile } } },
  'health-live': { route: 'health/live', methods: { GET: { role: 'none', story: live } } },
  'health-ready': { route: 'health/ready', methods: { GET: { role: 'none', story: ready } } },
  'model-performance': { route: 'v1/model-performance', methods: { GET: { role: 'Read', story: list } } },
  'model-performance-item': {
    route: 'v1/model-performance/{id}',
    methods: { GET: { role: 'Read', story: read }, PATCH: { role: 'Write', story: update, audited: true } },
  },
  'model-performance-preview': {
    route: 'v1/model-performance/{id}/preview',
    methods: { POST: { role: 'Write', story: preview } },
  },
  openapi: { route: 'openapi.json', methods: { GET: { role: 'none', story: contract } } },
  'unknown-path': { route: 'v1/{*path}' },
};

/** What is registered, without what it does: the contract is written from it. */
export const registered: readonly Registered[] = Object.entries(paths).map(([name, path]) => describe(name, path));

/** Leads to the page; not part of the contract. */
const homePath: Path = { route: '', methods: { GET: { role: 'none', story: home } } };

/** Every function's name, path and route. Each route is there once, for all methods, so that a wrong one can be answered with 405. */
const functions = [
  ['home', homePath, '/'],
  ['home-api', homePath, prefix],
  ...Object.entries(paths).map(([name, path]) => [name, path, `${prefix}/${path.route}`] as const),
] as const;

/** Every function, with what answers its calls. */
export function createApp(deps: Deps, running: Running): AppFunction[] {
  return functions.map(([name, path, route]) => ({
    ...describe(name, path),
    route,
    handler: handle(deps, running, path),
  }));
}

/** Every function while the settings are unusable. */
export function createRefusals(): AppFunction[] {
  return functions.map(([name, path, route]) => ({ ...describe(name, path), route, handler: notConfigured }));
}

function describe(name: string, { route, methods = {} }: Path): Registered {
  const roles = Object.fromEntries(Object.entries(methods).map(([method, { role }]) => [method, role]));
  return { name, route, roles };
}
