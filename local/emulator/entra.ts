import { randomUUID } from 'node:crypto';
import { apiClientId, callers, internals, tenantId, type Caller } from './constants.js';
import { json, type Answer, type Call } from './exchange.js';
import type { KeyRing } from './keys.js';

export interface Issuer {
  readonly keys: KeyRing;
  readonly now: () => number;
  readonly url: () => string;
}

const configurationPath = `/${tenantId}/v2.0/.well-known/openid-configuration`;
const keysPath = `/${tenantId}/discovery/v2.0/keys`;
const tokenPath = `/${tenantId}/oauth2/v2.0/token`;

/** Which place of the table of faults a path of the issuer is. */
export function faultPlaceOf(path: string): 'keys' | 'metadata' | undefined {
  return path === keysPath ? 'keys' : path === configurationPath ? 'metadata' : undefined;
}

/** Microsoft Entra ID, as far as callers of the API need it: one tenant, its keys, and tokens for client credentials. */
export function answerIssuer(issuer: Issuer, call: Call): Answer {
  switch (`${call.method} ${call.path}`) {
    case `GET ${configurationPath}`:
      return json(200, configuration(issuer.url()));
    case `GET ${keysPath}`:
      return json(200, {
        keys: issuer.keys.published().map(({ publicJwk }) => ({ ...publicJwk, issuer: issuerOf(issuer) })),
      });
    case `POST ${tokenPath}`:
      return answerToken(issuer, call);
    default:
      return json(501, {
        error: 'not_emulated',
        error_description: `The emulator does not know ${call.method} ${call.path}`,
      });
  }
}

export const issuerOf = (issuer: Pick<Issuer, 'url'>) => `${issuer.url()}/${tenantId}/v2.0`;

function configuration(url: string): object {
  return {
    issuer: `${url}/${tenantId}/v2.0`,
    jwks_uri: `${url}${keysPath}`,
    token_endpoint: `${url}${tokenPath}`,
    authorization_endpoint: `${url}/${tenantId}/oauth2/v2.0/authorize`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

/** The claims of a v2.0 access token for the API: an application's, with the roles that were granted to it. */
export function accessClaims(issuer: Issuer, caller: Caller): Record<string, unknown> {
  const start = Math.floor(issuer.now() / 1000);
  return {
    aud: apiClientId,
    iss: issuerOf(issuer),
    iat: start,
    nbf: start,
    exp: start + 3599,
    azp: caller.clientId,
    azpacr: '1',
    oid: caller.objectId,
    roles: caller.roles,
    sub: caller.objectId,
    tid: tenantId,
    uti: randomUUID(),
    ver: '2.0',
  };
}

const scopes = [
  `${apiClientId}/.default`,
  `api://${apiClientId}/.default`,
  `api://${tenantId}/model-performance/.default`,
];

/** Client credentials with a secret in the form (RFC 6749 §4.4), refused in Entra ID's words. */
function answerToken(issuer: Issuer, call: Call): Answer {
  const refuse = (status: number, error: string, code: number, why: string) =>
    json(status, {
      error,
      error_description: `AADSTS${code}: ${why} Trace: ${internals}`,
      error_codes: [code],
      trace_id: randomUUID(),
    });

  const form = new URLSearchParams(call.body);
  if (form.get('grant_type') !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
  }
  const caller = Object.values<Caller>(callers).find(({ clientId }) => clientId === form.get('client_id'));
  if (!caller) return refuse(400, 'unauthorized_client', 700016, 'The application was not found in the directory.');
  if (form.get('client_secret') !== caller.secret)
    return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  if (!scopes.includes(form.get('scope') ?? '')) {
    return refuse(400, 'invalid_scope', 70011, `The scope must be one of ${scopes.join(', ')}.`);
  }
  const token = issuer.keys.sign(accessClaims(issuer, caller));
  return json(
    200,
    { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token },
    { 'cache-control': 'no-store' },
  );
}
