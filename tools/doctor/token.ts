import { decodeJwt, type JWTPayload } from 'jose';
import { missing, type Finding } from './finding.js';
import { ask } from './programs.js';

/** A token with the role Write, from the environment or the Azure CLI; or why there is none. */
export function findToken(api: string | undefined): { token: string } | Finding {
  const { TOKEN: token } = process.env;
  if (token !== undefined && token !== '') return { token };
  const otherwise = 'Set TOKEN to an access token with the role ModelPerformance.Write';
  if (api === undefined) return missing(`The checks are not told without a token. ${otherwise}, or give --api.`);
  const query = ['--query', 'accessToken', '--output', 'tsv'];
  const said = ask('az', ['account', 'get-access-token', '--scope', `${api}/.default`, ...query]);
  if ('out' in said && said.out !== '') return { token: said.out };
  if ('absent' in said && said.absent) return missing(`The Azure CLI is not there to ask for a token. ${otherwise}.`);
  return missing(
    `The Azure CLI gives no token: ${'why' in said ? said.why : ''} Sign in (az login). The API must also let the Azure CLI ask for it: azd env set ENTRA_ALLOW_AZURE_CLI true, then azd provision; or infra/scripts/entra.sh application with --allow-azure-cli. Or: ${otherwise}.`,
  );
}

/** Reads a token without believing it: only to explain. */
function claimsOf(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** Why the app does not believe a token (401). */
export function whyRefused(token: string): string {
  const claims = claimsOf(token);
  if (claims === undefined) return 'It is not a JSON Web Token.';
  if (claims.exp !== undefined && claims.exp * 1000 < Date.now()) return 'It has expired: get a new one.';
  if (claims.ver !== '2.0')
    return 'It is of version 1.0: the registration of the API needs requestedAccessTokenVersion 2. Then get a new one.';
  return `It is for ${text(claims.aud)} in tenant ${text(claims.tid)}: ENTRA_API_CLIENT_ID and ENTRA_TENANT_ID of the app must be these, and it must be an access token.`;
}

/** Why a token that is believed may not write (403). */
export function whyForbidden(token: string): string {
  const { roles, scp, azp } = claimsOf(token) ?? {};
  if (!Array.isArray(roles) || !roles.includes('ModelPerformance.Write'))
    return `The role ModelPerformance.Write is not in it: assign it to ${text(azp)} or to the person, then get a new token.`;
  if (scp !== undefined && !text(scp).split(' ').includes('access_as_user'))
    return 'A person’s token needs the scope access_as_user.';
  return `ENTRA_ALLOWED_CLIENT_IDS of the app must list ${text(azp)}.`;
}

const text = (value: unknown) => (typeof value === 'string' ? value : 'nothing');
