import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';

/** The caller's own id for this call if it can harm nothing, else a new one (F51). */
export function requestIdOf({ headers }: HttpRequest): string {
  const given = headers.get('x-request-id') ?? '';
  return /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
