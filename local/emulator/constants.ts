/** The tenant, the applications and the identity that the emulator knows. They are the same at every start, so that settings can name them. */

export const tenantId = 'e1a7c0de-0000-4000-a000-00000000da7a';

/** Client id of the API's own registration: the audience of its callers' tokens. */
export const apiClientId = 'e1a7c0de-0000-4000-a000-0000000000a1';

/** The user-assigned managed identity with which the app calls Graph. */
export const clientId = 'e1a7c0de-0000-4000-a000-0000000000c1';
export const identityObjectId = 'e1a7c0de-0000-4000-a000-0000000000c2';

/** Value of IDENTITY_HEADER. It guards nothing: the emulator listens on the loopback address only. */
export const identitySecret = 'local-emulator-identity-header';

/** The Application Insights resource that telemetry is sent to. It is an address, not a secret. */
export const instrumentationKey = 'e1a7c0de-0000-4000-a000-0000000000e1';

/** Application id of Microsoft Graph, as it stands in challenges. */
export const graphClientId = '00000003-0000-0000-c000-000000000000';

/** An application that calls the API, with the application roles that were granted to it. */
export interface Caller {
  readonly clientId: string;
  readonly secret: string;
  readonly objectId: string;
  readonly roles: readonly string[];
}

export const callers = {
  write: {
    clientId: 'e1a7c0de-0000-4000-a000-0000000000b1',
    secret: 'local-write-secret',
    objectId: 'e1a7c0de-0000-4000-a000-0000000000b2',
    roles: ['ModelPerformance.Write'],
  },
  read: {
    clientId: 'e1a7c0de-0000-4000-a000-0000000000d1',
    secret: 'local-read-secret',
    objectId: 'e1a7c0de-0000-4000-a000-0000000000d2',
    roles: ['ModelPerformance.Read'],
  },
  operate: {
    clientId: 'e1a7c0de-0000-4000-a000-0000000000f1',
    secret: 'local-operate-secret',
    objectId: 'e1a7c0de-0000-4000-a000-0000000000f2',
    roles: ['ModelPerformance.Operate'],
  },
} as const satisfies Record<string, Caller>;

/**
 * Stands in every error the emulator's Graph sends, as internal host names and account ids do in Intune's:
 * whoever finds it in an answer, a log or telemetry of the API has found a leak.
 */
export const internals =
  'GRAPH-INTERNAL-MARKER host fef.msub05.manage.microsoft.com account 6f3c9d1e-77aa-4c1b-9a51-2f0de5ab1ed0';
