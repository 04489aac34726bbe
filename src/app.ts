import type { HttpHandler } from '@azure/functions';
import type { Deps } from './http/call.js';
import { handle, type Running, type Stories } from './http/handle.js';
import { preview, update } from './http/update.js';

/** One function as it is registered with the platform. */
export interface AppFunction {
  readonly name: string;
  readonly route: string;
  readonly handler: HttpHandler;
}

/**
 * Every function with its route and what it does by method. Each route is registered once, for all methods, so that a wrong one
 * can be answered with 405 and `Allow`. The platform tries routes in the alphabetical order of the functions' names:
 * the catch-all must be the last name.
 */
export function createApp(deps: Deps, running: Running): AppFunction[] {
  const paths: Record<string, { route: string; stories?: Stories }> = {
    'model-performance': { route: 'v1/model-performance/{id}', stories: { PATCH: update } },
    'model-performance-preview': { route: 'v1/model-performance/{id}/preview', stories: { POST: preview } },
    'unknown-path': { route: 'v1/{*path}' },
  };
  return Object.entries(paths).map(([name, { route, stories }]) => ({
    name,
    route,
    handler: handle(deps, running, stories),
  }));
}
