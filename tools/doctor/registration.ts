import { roles } from '../../src/auth/caller.js';
import { fine, missing, unsure, type Finding } from './finding.js';
import { ask } from './programs.js';

/** Whether the registration of the API has every role that callers can be given: an older one lacks what came later. */
export function lookAtRegistration(api: string): Finding {
  const said = ask('az', ['ad', 'sp', 'show', '--id', api, '--query', 'appRoles[].value', '--output', 'tsv']);
  if (!('out' in said)) return unsure(`The registration of the API cannot be looked at from here: ${said.why}.`);
  const held = said.out.split(/\s+/);
  const lacking = Object.values(roles).filter((role) => !held.includes(role));
  return lacking.length === 0
    ? fine('The registration of the API has every role.')
    : missing(
        `The registration of the API lacks ${lacking.join(', ')}: azd provision adds it with ENTRA_GRANTS, or infra/scripts/entra.sh application does.`,
      );
}
