import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { EntraConfig } from '../config.js';
import { Problem } from '../problem.js';
import type { Caller } from './caller.js';
import { issuerOf } from './keySet.js';
import type { FindKey } from './signingKeys.js';

/** How far the issuer's clock and ours may differ: a token is refused from this long after `exp`, and taken from this long before `nbf`. */
const leewaySeconds = 60;

/** Header parameters that bring or name a key, or ask for rules of their own (RFC 7515 §4.1). Entra ID sends none of them. */
const forbiddenParameters = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip'];

/** Why a token was refused, for telemetry: a name and never a value, because jose's own errors carry the claims. */
class Refused extends Error {}

/**
 * A function that tells who calls by a v2.0 access token of the one tenant, for this API, signed with RS256 by one of the tenant's keys.
 * @throws Problem invalid-token, the same whatever was wrong (F62–F64), its reason in the cause, a note for the log where a clock may be
 * wrong; signing-keys-unavailable (F67)
 */
export function createVerifier(
  entra: EntraConfig,
  findKey: FindKey,
  now: () => number = Date.now,
): (token: string) => Promise<Caller> {
  const issuer = issuerOf(entra);

  async function find(header: JWTHeaderParameters) {
    checkHeader(header);
    return findKey(header);
  }

  return async (token) => {
    try {
      const currentDate = new Date(now());
      const { payload } = await jwtVerify(token, find, {
        algorithms: ['RS256'],
        issuer,
        audience: entra.audience,
        requiredClaims: ['exp', 'nbf', 'iat'],
        clockTolerance: leewaySeconds,
        currentDate,
      });
      return callerOf(payload, entra, currentDate.getTime() / 1000);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem('invalid-token', 'not-applied', { cause: reasonOf(error), note: clockNote(error) });
    }
  };
}

function checkHeader(header: JWTHeaderParameters): void {
  const { kid, typ } = header;
  check(typeof kid === 'string', 'header kid');
  check(typeof typ === 'string' && typ.toUpperCase() === 'JWT', 'header typ');
  for (const name of forbiddenParameters) check(!Object.hasOwn(header, name), `header ${name}`);
}

/** Who a token's claims speak of, once jose has found signature, issuer, audience and times to be good. */
function callerOf(claims: JWTPayload, { audience, tenantId }: EntraConfig, nowSeconds: number): Caller {
  const { aud, ver, tid, iat = Infinity, exp, cnf, azp, oid, idtyp, roles = [], scp } = claims;
  check(aud === audience, 'claim aud');
  check(ver === '2.0', 'claim ver');
  check(tid === tenantId, 'claim tid');
  check(iat <= nowSeconds + leewaySeconds, 'claim iat');
  check(Number.isFinite(exp), 'claim exp');
  // Bound to a key (RFC 7800), whose possession a bearer does not prove.
  check(cnf === undefined, 'claim cnf');
  // ID tokens have no `azp`.
  check(isText(azp), 'claim azp');
  check(oid === undefined || isText(oid), 'claim oid');
  check(Array.isArray(roles) && roles.every(isText), 'claim roles');
  check(scp === undefined || typeof scp === 'string', 'claim scp');
  // A person's token without scopes must not pass for an application's.
  check(idtyp !== 'user' || scp !== undefined, 'claim idtyp');
  return {
    appId: azp,
    ...(oid !== undefined && { objectId: oid }),
    roles,
    delegated: scp !== undefined,
    scopes: scp?.split(' ') ?? [],
  };
}

function check(good: boolean, what: string): asserts good {
  if (!good) throw new Refused(what);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * What the log says of a token that is good but for its time: a clock may be wrong, which nobody sees in the answer (F64).
 * jose looks at times after signature, issuer and audience, so no stranger's token gets here.
 */
function clockNote(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired)
    return 'The token has expired by this machine’s clock: the caller keeps tokens for too long, or a clock is wrong.';
  return isEarly(error)
    ? 'The token is not valid yet by this machine’s clock: that clock is slow, or the issuer’s is fast.'
    : undefined;
}

function isEarly(error: unknown): boolean {
  if (error instanceof Refused) return error.message === 'claim iat';
  return error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf' && error.reason === 'check_failed';
}

function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
    return `claim ${error.claim}`;
  if (error instanceof errors.JOSEError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
