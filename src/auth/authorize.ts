import type { EntraConfig } from '../config.js';
import { Problem } from '../problem.js';
import { readBearer } from './bearer.js';
import { refusal, toldRoles, type Caller, type Role } from './caller.js';
import { createKeySetReader } from './keySet.js';
import { rememberCallers } from './remember.js';
import { createSigningKeys } from './signingKeys.js';
import { createVerifier } from './verify.js';

/** Who calls, if that caller may do what needs the role. @throws Problem unauthenticated, invalid-token, forbidden or signing-keys-unavailable */
export type Authorize = (request: Parameters<typeof readBearer>[0], role: Role) => Promise<Caller>;

/** The lock of this API (F60–F67). The same code and the same checks everywhere: settings name the issuer, and none opens the lock. */
export function createAuthorize(entra: EntraConfig): Authorize {
  const changed = () => {
    callers.forget();
  };
  const findKey = createSigningKeys({ read: createKeySetReader(entra), ...entra.signingKeys, changed });
  const callers = rememberCallers(createVerifier(entra, findKey));

  return async (request, role) => {
    const caller = await callers.verify(readBearer(request));
    const reason = refusal(caller, role, entra.allowedClientIds);
    if (reason !== undefined) {
      const needed = `This call needs the role ${toldRoles(role)}.`;
      throw new Problem('forbidden', 'not-applied', { reason: needed, cause: reason });
    }
    return caller;
  };
}
