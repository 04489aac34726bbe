import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { installAzureCli, type AzureCli } from './azure-cli/directory.js';

jest.setTimeout(120_000);

const before = 'infra/scripts/before-provision.sh';
const after = 'infra/scripts/after-provision.sh';
const api = '10000000-0000-4000-8000-000000000001';
const identity = '10000000-0000-4000-8000-000000000002';
const caller = '10000000-0000-4000-8000-000000000003';
const graphRoles = [
  { id: '9241abd9-d0e6-425a-bd4f-47ba86e767a4', value: 'beta' },
  { id: '243333ab-4d21-40cb-a475-36241daa0842', value: 'v1.0' },
];

let az: AzureCli;
beforeEach(() => {
  az = installAzureCli({
    tenantId: '10000000-0000-4000-8000-000000000009',
    applications: [],
    servicePrincipals: [
      { id: 'graph', appId: '00000003-0000-0000-c000-000000000000', appRoles: graphRoles },
      { id: 'api', appId: api, appRoles: [{ id: 'write', value: 'ModelPerformance.Write' }] },
      { id: 'identity', appId: identity, appRoles: [] },
      { id: 'caller', appId: caller, appRoles: [] },
    ],
    assignments: [],
    slow: 0,
    made: 0,
    calls: [],
  });
  writeFileSync(join(az.folder, 'azd'), `#!/bin/sh\necho "$@" >'${join(az.folder, 'azd-asked')}'\n`);
  chmodSync(join(az.folder, 'azd'), 0o755);
});
afterEach(() => {
  az.remove();
});

const askedOfAzd = () => {
  const file = join(az.folder, 'azd-asked');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
};

describe('before the deployment', () => {
  test('a registration that is named is taken', () => {
    expect(az.run(before, [], { ENTRA_API_CLIENT_ID: api, ENTRA_GRANTS: 'script' })).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect([az.read().calls, askedOfAzd()]).toEqual([[], undefined]);
  });

  test('one is made where that was asked for, and azd told', () => {
    expect(az.run(before, [], { ENTRA_GRANTS: 'script' }).code).toBe(0);
    const [made] = az.read().applications;
    expect(askedOfAzd()).toBe(`env set ENTRA_API_CLIENT_ID ${made?.appId ?? ''}`);
  });

  test('otherwise it stops, and says what to choose from', () => {
    const { code, err } = az.run(before, []);
    expect(code).toBe(1);
    expect(err).toMatch(/ENTRA_GRANTS script[^]+ENTRA_API_CLIENT_ID <client id>/);
    expect(az.read().calls).toEqual([]);
  });
});

describe('after the deployment', () => {
  const deployed = { ENTRA_API_CLIENT_ID: api, identityClientId: identity, ENTRA_WRITE: caller };

  test.each(['beta', 'v1.0'])(
    'the permission for Graph %s and the callers’ roles are granted where that was asked for',
    (version) => {
      const environment = { ...deployed, ENTRA_GRANTS: 'script', GRAPH_VERSION: version };
      expect(az.run(after, [], environment)).toMatchObject({ code: 0 });
      expect(az.run(after, [], environment)).toMatchObject({ code: 0 });
      const graphRole = graphRoles.find(({ value }) => value === version);
      expect(az.read().assignments).toMatchObject([
        { principalId: 'identity', resourceId: 'graph', appRoleId: graphRole?.id },
        { principalId: 'caller', resourceId: 'api', appRoleId: 'write' },
      ]);
      expect(az.read().assignments).toHaveLength(2);
    },
  );

  test('otherwise nothing is granted, and the command is printed', () => {
    const { code, err } = az.run(after, [], deployed);
    expect(code).toBe(0);
    expect(err).toContain(
      `infra/scripts/entra.sh grants --identity ${identity} --graph-version beta --api ${api} --write ${caller}\n`,
    );
    expect(az.read().calls).toEqual([]);
  });

  test.each(['identityClientId', 'ENTRA_API_CLIENT_ID'])('without %s it stops', (name) => {
    const { code, err } = az.run(after, [], { ...deployed, [name]: '' });
    expect({ code, err }).toEqual({ code: expect.any(Number), err: expect.stringContaining('run azd provision') });
    expect(code).not.toBe(0);
  });
});
