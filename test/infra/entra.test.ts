import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { neededPermission } from '../../src/graph/readiness.js';
import { installAzureCli, type AzureCli, type Directory } from './azure-cli/directory.js';

jest.setTimeout(120_000);

const script = 'infra/scripts/entra.sh';
const tenantId = '10000000-0000-4000-8000-000000000001';
const identity = '10000000-0000-4000-8000-000000000002';
const writer = '10000000-0000-4000-8000-000000000003';
const reader = '10000000-0000-4000-8000-000000000004';

/** Application roles of Microsoft Graph, as its permissions reference lists them. */
const graphRoles = [
  { id: '9241abd9-d0e6-425a-bd4f-47ba86e767a4', value: 'DeviceManagementConfiguration.ReadWrite.All' },
  { id: '243333ab-4d21-40cb-a475-36241daa0842', value: 'DeviceManagementManagedDevices.ReadWrite.All' },
  { id: 'dc377aa6-52d8-4e23-b271-2a7ae04cedf3', value: 'DeviceManagementConfiguration.Read.All' },
];
const empty: Directory = {
  tenantId,
  applications: [],
  servicePrincipals: [
    { id: 'graph', appId: '00000003-0000-0000-c000-000000000000', appRoles: graphRoles },
    { id: 'identity', appId: identity, appRoles: [] },
    { id: 'writer', appId: writer, appRoles: [] },
    { id: 'reader', appId: reader, appRoles: [] },
  ],
  assignments: [],
  slow: 0,
  made: 0,
  calls: [],
};

let az: AzureCli;
beforeEach(() => {
  az = installAzureCli(empty);
});
afterEach(() => {
  az.remove();
});

const values = (roles: readonly { value: string }[] = []) => roles.map(({ value }) => value).sort();

/** Runs a command that must succeed; its output is one line or none. */
function done(...given: string[]): string {
  const { code, out, err } = az.run(script, given);
  if (code !== 0) throw new Error(err);
  return out.trim();
}

/** Who holds which role of whom, by what they are called. */
const held = () => {
  const { servicePrincipals, assignments } = az.read();
  return assignments.map(({ principalId, resourceId, appRoleId }) => {
    const resource = servicePrincipals.find(({ id }) => id === resourceId);
    return `${principalId}: ${resource?.appRoles.find(({ id }) => id === appRoleId)?.value ?? ''}`;
  });
};

describe('connector', () => {
  const redirect = 'https://global.consent.azure-apim.net/redirect/model-performance';

  test('makes a registration that may ask for the scope of the API, and prints its client id', () => {
    const api = done('application');
    const clientId = done('connector', '--redirect', redirect);
    const { applications, servicePrincipals } = az.read();
    expect(applications.find(({ appId }) => appId === clientId)).toMatchObject({
      uniqueName: 'model-performance-connector',
      signInAudience: 'AzureADMyOrg',
      web: { redirectUris: [redirect] },
      requiredResourceAccess: [{ resourceAppId: api, resourceAccess: [{ type: 'Scope' }] }],
    });
    expect(servicePrincipals.filter(({ appId }) => appId === clientId)).toHaveLength(1);
  });

  test('a second time adds the address that is known by then, and a third time nothing', () => {
    done('application');
    const clientId = done('connector');
    expect(done('connector', '--redirect', redirect)).toBe(clientId);
    const made = az.read().applications.find(({ appId }) => appId === clientId);
    expect(made).toMatchObject({ web: { redirectUris: [redirect] } });
    const writes = az.writes();
    expect(done('connector', '--redirect', redirect)).toBe(clientId);
    expect(az.writes()).toEqual(writes);
  });

  test('says what has to be there first', () => {
    const { code, err } = az.run(script, ['connector']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/entra\.sh application first\.\n$/) });
  });

  test('refuses an address that is none', () => {
    expect(az.run(script, ['connector', '--redirect', 'http://x'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('application', () => {
  test('makes what the API’s callers need, and prints its client id', () => {
    const clientId = done('application');
    const { applications, servicePrincipals } = az.read();
    const [made, ...more] = applications;
    expect(more).toEqual([]);
    expect(made).toMatchObject({
      appId: clientId,
      uniqueName: 'model-performance',
      identifierUris: [`api://${tenantId}/model-performance`],
      signInAudience: 'AzureADMyOrg',
      api: { requestedAccessTokenVersion: 2 },
    });
    expect(values(made?.appRoles)).toEqual(['ModelPerformance.Read', 'ModelPerformance.Write']);
    expect(made?.appRoles).toMatchObject([
      { allowedMemberTypes: ['Application', 'User'], isEnabled: true },
      { allowedMemberTypes: ['Application', 'User'], isEnabled: true },
    ]);
    expect(values(made?.api.oauth2PermissionScopes)).toEqual(['access_as_user']);
    expect(servicePrincipals.filter(({ appId }) => appId === clientId)).toHaveLength(1);
  });

  test('a second time changes nothing, and prints the same', () => {
    const first = done('application');
    const before = az.read();
    const writes = az.writes();
    expect(done('application')).toBe(first);
    expect(az.writes()).toEqual(writes);
    expect({ ...az.read(), calls: [] }).toEqual({ ...before, calls: [] });
  });

  test('completes one that somebody made by hand, and keeps what it holds', () => {
    const own = { id: 'role-1', value: 'Own.Role', allowedMemberTypes: ['User'] };
    const written = { id: 'role-2', value: 'ModelPerformance.Write', allowedMemberTypes: ['Application'] };
    az.remove();
    az = installAzureCli({
      ...empty,
      applications: [
        {
          id: 'by-hand',
          appId: writer,
          identifierUris: [`api://${tenantId}/model-performance`],
          appRoles: [own, written].map((role) => ({ ...role, origin: 'Application' })),
          api: { oauth2PermissionScopes: [] },
        },
      ],
    });
    expect(done('application')).toBe(writer);
    const [made] = az.read().applications;
    expect(made?.appRoles).toMatchObject([own, written, { value: 'ModelPerformance.Read' }]);
    expect(made?.api.requestedAccessTokenVersion).toBe(2);
    expect(values(made?.api.oauth2PermissionScopes)).toEqual(['access_as_user']);
    const writes = az.writes();
    done('application');
    expect(az.writes()).toEqual(writes);
  });

  test('another name is another application', () => {
    expect(done('application', '--name', 'model-performance-test')).not.toBe(done('application'));
    expect(az.read().applications).toHaveLength(2);
  });

  test('waits until the directory knows what was just made', () => {
    az.remove();
    az = installAzureCli({ ...empty, slow: 3 });
    const clientId = done('application');
    expect(az.read().servicePrincipals.some(({ appId }) => appId === clientId)).toBe(true);
  });
});

describe('grants', () => {
  test.each(['beta', 'v1.0'])('exactly one permission of Graph for %s, once', (version) => {
    for (let times = 0; times < 2; times += 1) done('grants', '--identity', identity, '--graph-version', version);
    expect(held()).toEqual([`identity: ${neededPermission[version] ?? ''}`]);
    expect(az.writes()).toHaveLength(1);
  });

  test('roles of the API for the systems that call it, once', () => {
    const api = done('application');
    const given = ['grants', '--identity', identity, '--api', api, '--write', writer, '--read', reader];
    done(...given);
    const writes = az.writes();
    done(...given);
    expect(az.writes()).toEqual(writes);
    expect(held()).toEqual([
      'identity: DeviceManagementConfiguration.ReadWrite.All',
      'writer: ModelPerformance.Write',
      'reader: ModelPerformance.Read',
    ]);
  });

  test.each([
    { what: 'an identity', given: ['--identity', tenantId] },
    { what: 'a caller', given: ['--api', writer, '--write', tenantId] },
  ])('$what that is not there is named, and nothing is granted', ({ given }) => {
    expect(az.run(script, ['grants', ...given])).toEqual({
      code: 1,
      out: '',
      err: `There is no enterprise application or managed identity with the client id ${tenantId} in this tenant.\n`,
    });
    expect(az.writes()).toEqual([]);
  });

  test('an application without the role is named', () => {
    const { code, err } = az.run(script, ['grants', '--api', reader, '--write', writer]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('has no role ModelPerformance.Write') });
  });
});

test.each([
  '',
  'everything',
  'application --name Model',
  'application --name',
  'grants',
  `grants --write ${writer}`,
  `grants --identity mine`,
  `grants --identity ${identity} --graph-version v2`,
  `grants --identity ${identity} --graph http://graph.microsoft.com`,
  `grants --all`,
])('"%s" is refused in one line, before anything is asked', (given) => {
  const { code, out, err } = az.run(script, given.split(' ').filter(Boolean));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^.+ See infra\/scripts\/entra\.sh --help\.\n$/);
  expect(az.read().calls).toEqual([]);
});

test.each([['--help'], ['application --help'], ['grants --help']])('%s tells how', (given) => {
  const { code, out, err } = az.run(script, given.split(' '));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('safe to run again');
});

test('without the Azure CLI it says so in one line', () => {
  const { code, err } = az.run(script, ['application'], { PATH: '/nowhere' });
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^The Azure CLI \(az\) is not there\..+\n$/) });
});
