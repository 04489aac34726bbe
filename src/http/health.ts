import { Problem } from '../problem.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { OpenCall } from './call.js';

/** GET /health/live: this process answers. */
export function live(): Promise<Answer> {
  return Promise.resolve(jsonAnswer({ status: 'live' }));
}

/**
 * GET /health/ready: whether updates can succeed at present. A caller with the Write role also hears of each check what was
 * found and what mends it; everybody else hears no more than yes or no.
 * @throws Problem not-ready
 */
export async function ready({ request, deps }: OpenCall): Promise<Answer> {
  const [checks, operator] = await Promise.all([
    deps.readiness(),
    deps.admit(request, 'Write').then(
      () => true,
      () => false,
    ),
  ]);
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length === 0) return jsonAnswer({ status: 'ready', ...(operator && { checks }) });
  const errors = failed.map(({ name, says }) => ({ pointer: '', code: name, message: says }));
  throw new Problem('not-ready', 'not-applied', { retryAfterSeconds: 5, ...(operator && { errors }) });
}
