/** The application roles of this API. Write includes Read; Operate sees, reads and cancels everybody's jobs, and writes nothing. */
export const roles = {
  Read: 'ModelPerformance.Read',
  Write: 'ModelPerformance.Write',
  Operate: 'ModelPerformance.Operate',
} as const;

export type Role = keyof typeof roles;

/** One role, or several of which any is enough. */
export type Needed = Role | readonly [Role, ...Role[]];

/** Scope without which a person's token allows nothing, whatever roles the person has. */
export const delegatedScope = 'access_as_user';

/** Who calls, as a verified token says. Ids only: no names and no addresses of people. */
export interface Caller {
  /** Client id of the calling application. */
  readonly appId: string;
  /** Object id in the tenant: of the application, or of the person it acts for. */
  readonly objectId?: string;
  readonly tenantId: string;
  /** Application roles, of the application or of the person. */
  readonly roles: readonly string[];
  /** True when the application acts for a person. */
  readonly delegated: boolean;
  /** Delegated scopes; empty for an application's own token. */
  readonly scopes: readonly string[];
}

/**
 * Why a caller may not do what needs this role (F65); undefined when it may.
 * @param allowedClientIds empty: every application that was granted a role
 */
export function refusal(
  caller: Caller,
  role: Role,
  allowedClientIds: readonly string[],
): 'client' | 'scope' | 'role' | undefined {
  if (allowedClientIds.length > 0 && !allowedClientIds.includes(caller.appId)) return 'client';
  if (caller.delegated && !caller.scopes.includes(delegatedScope)) return 'scope';
  const enough: readonly string[] = role === 'Read' ? [roles.Read, roles.Write] : [roles.Write];
  return enough.some((one) => caller.roles.includes(one)) ? undefined : 'role';
}
