import type { HttpHandler } from '@azure/functions';
import type { Parts } from './compose.js';
import type { Endpoint, Path } from './http/call.js';
import { batch } from './http/batch.js';
import { contract } from './http/contract.js';
import { docs, docsFile } from './http/docs.js';
import { handle } from './http/handle.js';
import { live, ready } from './http/health.js';
import { list } from './http/list.js';
import { read } from './http/read.js';
import { preview, update } from './http/update.js';

/** A function's name and route, and the role that each of its methods needs; other methods are answered with 404 or 405. */
export interface Registered {
  readonly name: string;
  readonly route: string;
  readonly roles: Readonly<Record<string, Endpoint['role']>>;
}

/** One function as it is registered with the platform. */
export interface HttpFunction extends Registered {
  readonly handler: HttpHandler;
}

/** Every path with what it does by method and for whom, by its function's name. */
const paths: Record<string, Path> = {
  docs: { route: 'docs', methods: { GET: { role: 'none', handler: docs } } },
  'docs-file': { route: 'docs/{file}', methods: { GET: { role: 'none', handler: docsFile } } },
  'health-live': { route: 'health/live', methods: { GET: { role: 'none', handler: live } } },
  'health-ready': { route: 'health/ready', methods: { GET: { role: 'none', handler: ready } } },
  'model-performance': { route: 'v1/model-performance', methods: { GET: { role: 'Read', handler: list } } },
  'model-performance-batch': {
    route: 'v1/model-performance/batch',
    methods: { POST: { role: 'Write', handler: batch, audited: true } },
  },
  'model-performance-item': {
    route: 'v1/model-performance/{id}',
    methods: { GET: { role: 'Read', handler: read }, PATCH: { role: 'Write', handler: update, audited: true } },
  },
  'model-performance-preview': {
    route: 'v1/model-performance/{id}/preview',
    methods: { POST: { role: 'Write', handler: preview } },
  },
  openapi: { route: 'openapi.json', methods: { GET: { role: 'none', handler: contract } } },
  'unknown-path': { route: 'v1/{*path}' },
};

/** What is registered, without what it does: the contract is written from it. */
export const registered: readonly Registered[] = Object.entries(paths).map(([name, path]) => describe(name, path));

/** Every function. Each route is registered once, for all methods, so that a wrong one can be answered with 405 and `Allow`. */
export function httpFunctions(parts: Parts): HttpFunction[] {
  return Object.entries(paths).map(([name, path]) => ({ ...describe(name, path), handler: handle(path, parts) }));
}

function describe(name: string, { route, methods = {} }: Path): Registered {
  const roles = Object.fromEntries(Object.entries(methods).map(([method, { role }]) => [method, role]));
  return { name, route, roles };
}
