import { randomUUID } from 'node:crypto';
import { isGraph, issuerV1 } from './access.js';
import type { Twist } from './act.js';
import { clientId, identityObjectId, identitySecret, internals, tenantId } from './constants.js';
import { json, type Answer, type Call } from './exchange.js';
import type { KeyRing } from './keys.js';

export interface Identity {
  readonly keys: KeyRing;
  readonly now: () => number;
  readonly graphUrl: () => string;
  /** Application roles on Graph that were granted to the identity. */
  readonly roles: readonly string[];
  readonly lifetimeSeconds: number;
  /** The last good answer for each resource. */
  readonly given: Map<string, Answer>;
}

export const identityPath = '/msi/token';
const apiVersion = '2019-08-01';

/**
 * The token endpoint that App Service gives its apps (IDENTITY_ENDPOINT, version 2019-08-01).
 * It has one user-assigned identity and none of the system's, so `client_id` is needed. Each answer holds a new token;
 * only one for Graph carries roles.
 */
export function answerIdentity(identity: Identity, call: Call, twist: Twist): Answer {
  const refuse = (status: number, message: string) =>
    json(status, { statusCode: status, message: `${message} ${internals}` });
  if (call.path !== identityPath || call.method !== 'GET') {
    return refuse(501, `The emulator does not know ${call.method} ${call.path} of the identity endpoint.`);
  }
  if (call.headers['x-identity-header'] !== identitySecret)
    return refuse(401, 'The header X-IDENTITY-HEADER is missing or wrong.');
  const query = new URLSearchParams(call.query);
  if (query.get('api-version') !== apiVersion) return refuse(400, `The api-version must be ${apiVersion}.`);
  const resource = query.get('resource');
  if (!resource) return refuse(400, 'The resource is missing.');
  if (query.get('client_id') !== clientId) {
    return refuse(
      400,
      'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    );
  }

  const last = identity.given.get(resource);
  if (twist.token === 'the same' && last !== undefined) return last;
  const start = Math.floor(identity.now() / 1000);
  const expires = start + (twist.lifetimeSeconds ?? identity.lifetimeSeconds);
  const token = identity.keys.sign({
    aud: resource,
    iss: issuerV1,
    iat: start,
    nbf: start,
    exp: expires,
    appid: clientId,
    appidacr: '2',
    idp: issuerV1,
    idtyp: 'app',
    oid: identityObjectId,
    sub: identityObjectId,
    tid: tenantId,
    uti: randomUUID(),
    ver: '1.0',
    ...(isGraph(resource, identity.graphUrl()) && { roles: identity.roles }),
  });
  const answer = json(200, {
    access_token: twist.lacks === 'access_token' ? '' : token,
    ...(twist.lacks !== 'expires_on' && { expires_on: String(expires) }),
    resource,
    token_type: 'Bearer',
    client_id: clientId,
  });
  if (twist.lacks === undefined) identity.given.set(resource, answer);
  return answer;
}
