/** The application roles of this API. Write includes Read; Operate sees, reads and cancels everybody's jobs, and writes nothing. */
export const roles = {
  Read: 'ModelPerformance.Read',
  Write: 'ModelPerformance.Write',
  Operate: 'ModelPerformance.Operate',
} as const;

export type Role = keyof typeof roles;

/** Which roles grant what a role is needed for. A job is its submitter's to see and to cancel, too. */
const granting: Readonly<Record<Role, readonly string[]>> = {
  Read: [roles.Read, roles.Write],
  Write: [roles.Write],
  Operate: [roles.Write, roles.Operate],
};

/** The roles as a caller is told of them. */
export function toldRoles(role: Role): string {
  return role === 'Operate' ? `${roles.Write} or ${roles.Operate}` : roles[role];
}

/** Scope without which a person's token allows nothing, whatever roles the person has. */
export const delegatedScope = 'access_as_user';

/** Who calls, as a verified token says. Ids only: no names and no addresses of people. */
export interface Caller {
  /** Client id of the calling application. */
  readonly appId: string;
  /** Object id in the tenant: of the application, or of the person it acts for. */
  readonly objectId?: string;
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
  return granting[role].some((one) => caller.roles.includes(one)) ? undefined : 'role';
}
