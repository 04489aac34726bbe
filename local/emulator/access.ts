import type { KeyRing } from './keys.js';
import { graphClientId, tenantId } from './constants.js';
import { graphError } from './errors.js';
import type { Answer, Call } from './exchange.js';

/** What an accepted token may do. */
export interface Access {
  readonly roles: readonly string[];
}

const realGraph = 'https://graph.microsoft.com';

/** The issuer of tokens for managed identities, which are of version 1.0. */
export const issuerV1 = `https://sts.windows.net/${tenantId}/`;

/** Whether a resource, with or without its trailing slash, is Graph or the emulator's own address of it. */
export const isGraph = (resource: unknown, graphUrl: string): boolean =>
  typeof resource === 'string' && [realGraph, graphUrl, graphClientId].includes(resource.replace(/\/$/, ''));

/**
 * Checks the bearer token of a request as Graph does: genuine, for Graph, valid now.
 * @param now milliseconds since 1970
 * @returns what it may do, or the 401
 */
export function readAccess(call: Call, keys: KeyRing, graphUrl: string, now: number): Access | Answer {
  const refuse = (why: string) =>
    graphError(
      call,
      401,
      { code: 'InvalidAuthenticationToken', message: why },
      {
        'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="${graphClientId}"`,
      },
    );

  const token = /^Bearer +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  if (!token) return refuse('Access token is empty.');
  const claims = keys.open(token);
  if (!claims) return refuse('Access token validation failure. Invalid signature.');
  if (claims.iss !== issuerV1) return refuse('Access token validation failure. Invalid issuer.');
  if (!isGraph(claims.aud, graphUrl)) return refuse('Access token validation failure. Invalid audience.');
  const { exp, nbf, roles } = claims;
  const seconds = now / 1000;
  if (typeof exp !== 'number' || exp <= seconds) return refuse('Lifetime validation failed, the token is expired.');
  if (typeof nbf === 'number' && nbf > seconds + 300)
    return refuse('Lifetime validation failed, the token is not yet valid.');
  return { roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [] };
}

/** The permissions of the reference pages: v1.0's name only the managed devices. */
const families = {
  beta: ['DeviceManagementConfiguration', 'DeviceManagementManagedDevices'],
  'v1.0': ['DeviceManagementManagedDevices'],
} as const;

export type Version = keyof typeof families;

/** The 403 of a token without a role for this, in Intune's words; `undefined` when it may. */
export function forbidden(call: Call, version: Version, access: Access, what: 'read' | 'write'): Answer | undefined {
  const kinds = what === 'read' ? ['Read', 'ReadWrite'] : ['ReadWrite'];
  const enough = families[version].flatMap((family) => kinds.map((kind) => `${family}.${kind}.All`));
  if (enough.some((role) => access.roles.includes(role))) return undefined;
  const message = `Application is not authorized to perform this operation. Application must have one of the following scopes: ${enough.join(', ')}`;
  return graphError(call, 403, { code: 'Forbidden', message, nested: 'once' });
}
