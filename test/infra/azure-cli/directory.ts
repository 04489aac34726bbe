import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Role {
  readonly id: string;
  readonly value: string;
}

/** What the Azure CLI of the tests keeps: a directory, and the requests that were answered. */
export interface Directory {
  readonly tenantId: string;
  readonly applications: {
    readonly id: string;
    readonly appId: string;
    readonly uniqueName?: string;
    readonly identifierUris: readonly string[];
    readonly appRoles: readonly Role[];
    readonly api: {
      readonly requestedAccessTokenVersion?: number;
      readonly oauth2PermissionScopes: readonly Role[];
      readonly preAuthorizedApplications?: readonly {
        readonly appId: string;
        readonly delegatedPermissionIds: readonly string[];
      }[];
    };
  }[];
  readonly servicePrincipals: { readonly id: string; readonly appId: string; readonly appRoles: readonly Role[] }[];
  /** People and groups; one of them may be the one who is signed in. */
  readonly people?: {
    readonly id: string;
    readonly kind: 'user' | 'group';
    readonly userPrincipalName?: string;
    readonly me?: boolean;
  }[];
  readonly assignments: { readonly principalId: string; readonly resourceId: string; readonly appRoleId: string }[];
  /** Addresses of registrations that were deleted and are kept. */
  readonly deletedUris?: readonly string[];
  /** Whether anybody is signed in; somebody is by default. */
  readonly signedIn?: boolean;
  /** The tenant of each subscription. */
  readonly subscriptions?: Readonly<Record<string, string>>;
  /** Roles of Azure on a resource, since when. */
  readonly azureRoles?: readonly { readonly scope: string; readonly principalId: string; readonly createdOn: string }[];
  /** States of registration of resource providers; the others are registered. */
  readonly providers?: Readonly<Record<string, string>>;
  /** How many times a new application is not known yet. */
  readonly slow: number;
  readonly made: number;
  readonly calls: string[];
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface AzureCli {
  readonly folder: string;
  readonly read: () => Directory;
  /** Writes of all runs so far, each as `METHOD address`. */
  readonly writes: () => string[];
  readonly run: (script: string, given: readonly string[], environment?: Record<string, string>) => Ran;
  readonly remove: () => void;
}

/** Puts an `az` on the path of what `run` starts; it works on this directory. */
export function installAzureCli(directory: Directory): AzureCli {
  const folder = mkdtempSync(join(tmpdir(), 'azure-cli-'));
  const state = join(folder, 'state.json');
  writeFileSync(state, JSON.stringify(directory));
  writeFileSync(
    join(folder, 'az'),
    `#!/bin/sh\nexec '${process.execPath}' '${resolve('test/infra/azure-cli/az.cjs')}' "$@"\n`,
  );
  chmodSync(join(folder, 'az'), 0o755);
  const read = () => JSON.parse(readFileSync(state, 'utf8')) as Directory;
  return {
    folder,
    read,
    writes: () => read().calls.filter((call) => !call.startsWith('GET ')),
    run: (script, given, environment = {}) => {
      const PATH = `${folder}:${process.env.PATH ?? ''}`;
      const { status, stdout, stderr } = spawnSync('/bin/bash', [script, ...given], {
        env: { PATH, AZ_STATE: state, ENTRA_WAIT_SECONDS: '0', ...environment },
        encoding: 'utf8',
      });
      return { code: status, out: stdout, err: stderr };
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
