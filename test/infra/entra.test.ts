import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
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
const person = {
  id: '10000000-0000-4000-8000-000000000005',
  kind: 'user',
  userPrincipalName: 'ana@contoso.example',
} as const;
const group = { id: '10000000-0000-4000-8000-000000000006', kind: 'group' } as const;
const operator = { id: '10000000-0000-4000-8000-000000000007', kind: 'user', me: true } as const;
const subscription = '20000000-0000-4000-8000-000000000001';
const foreign = '20000000-0000-4000-8000-000000000002';
const otherTenantId = '10000000-0000-4000-8000-000000000008';
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const empty: Directory = {
  tenantId,
  people: [person, group, operator],
  subscriptions: { [subscription]: tenantId, [foreign]: otherTenantId },
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

/** Runs a command that must succeed; its output is one line or none. A registration is called as in production, unless it says otherwise. */
function done(command: string, ...given: string[]): string {
  const named = command === 'grants' || given.includes('--name') ? [] : ['--name', 'model-performance'];
  const { code, out, err } = az.run(script, [command, ...named, ...given]);
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
    const { code, err } = az.run(script, ['connector', '--name', 'model-performance']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/entra\.sh application first\.\n$/) });
  });

  test('refuses an address that is none', () => {
    expect(az.run(script, ['connector', '--name', 'model-performance', '--redirect', 'http://x'])).toMatchObject({
      code: 2,
      out: '',
    });
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
    expect(values(made?.appRoles)).toEqual([
      'ModelPerformance.Operate',
      'ModelPerformance.Read',
      'ModelPerformance.Write',
    ]);
    const forBoth = { allowedMemberTypes: ['Application', 'User'], isEnabled: true };
    expect(made?.appRoles).toMatchObject([forBoth, forBoth, forBoth]);
    expect(made?.api).not.toHaveProperty('preAuthorizedApplications');
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
    expect(made?.appRoles).toMatchObject([
      own,
      written,
      { value: 'ModelPerformance.Read' },
      { value: 'ModelPerformance.Operate' },
    ]);
    expect(made?.api.requestedAccessTokenVersion).toBe(2);
    expect(values(made?.api.oauth2PermissionScopes)).toEqual(['access_as_user']);
    const writes = az.writes();
    done('application');
    expect(az.writes()).toEqual(writes);
  });

  test('lets the Azure CLI ask for tokens where that is asked for, once, and beside others', () => {
    const clientId = done('application');
    done('application', '--allow-azure-cli');
    const made = () => az.read().applications.find(({ appId }) => appId === clientId);
    const scope = made()?.api.oauth2PermissionScopes[0]?.id;
    expect(made()?.api.preAuthorizedApplications).toEqual([{ appId: azureCli, delegatedPermissionIds: [scope] }]);
    const writes = az.writes();
    done('application', '--allow-azure-cli');
    expect(az.writes()).toEqual(writes);
    expect(done('application', '--name', 'model-performance-test', '--allow-azure-cli')).not.toBe(clientId);
  });

  test('a name that a deleted registration still holds is told in words', () => {
    az.remove();
    az = installAzureCli({ ...empty, deletedUris: [`api://${tenantId}/model-performance`] });
    const { code, out, err } = az.run(script, ['application', '--name', 'model-performance']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/was deleted \(it is kept for 30 days\), restore that one or choose another --name\.\n$/);
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
    expect(held()).toEqual([`identity: ${modelPerformance.permission[version as 'beta']}`]);
    expect(az.writes()).toHaveLength(1);
  });

  test('roles of the API for the systems that call it, once', () => {
    const api = done('application');
    const given = ['--identity', identity, '--api', api, '--write', writer, '--read', reader];
    done('grants', ...given);
    const writes = az.writes();
    done('grants', ...given);
    expect(az.writes()).toEqual(writes);
    expect(held()).toEqual([
      'identity: DeviceManagementConfiguration.ReadWrite.All',
      'writer: ModelPerformance.Write',
      'reader: ModelPerformance.Read',
    ]);
  });

  test('roles of the API for people, by name, by object id and for oneself, and for groups, once', () => {
    const api = done('application');
    const given = [
      ...['--api', api, '--write-user', 'me', '--operate-user', 'ana@contoso.example'],
      ...['--read-user', group.id, '--operate', writer],
    ] as const;
    done('grants', ...given);
    const writes = az.writes();
    done('grants', ...given);
    expect(az.writes()).toEqual(writes);
    expect(held()).toEqual([
      `${operator.id}: ModelPerformance.Write`,
      `${person.id}: ModelPerformance.Operate`,
      `${group.id}: ModelPerformance.Read`,
      'writer: ModelPerformance.Operate',
    ]);
  });

  test.each([
    ['nobody@contoso.example', 'There is no person nobody@contoso.example in this tenant.'],
    [tenantId, `There is no person or group with the object id ${tenantId} in this tenant.`],
  ])('the person %s, who is not there, is named', (who, printed) => {
    const api = done('application');
    const { code, err } = az.run(script, ['grants', '--api', api, '--write-user', who]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(printed) });
    expect(held()).toEqual([]);
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

describe('the tenant', () => {
  test.each([
    ['application', '--name', 'model-performance'],
    ['connector', '--name', 'model-performance'],
    ['grants', '--identity', identity],
  ])('%s stops when the subscription belongs to another one, and says which', (...given) => {
    const { code, out, err } = az.run(script, [...given, '--subscription', foreign]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      new RegExp(`^The Azure CLI is signed in to the tenant ${tenantId}, .*${otherTenantId}\\. Nothing was done`),
    );
    expect(az.read().calls).toEqual([]);
  });

  test('of the subscription is the one that is signed in to: it goes on', () => {
    expect(done('application', '--subscription', subscription)).toMatch(/^[\da-f-]{36}$/);
  });

  test('of a subscription that is not known stops too', () => {
    const { code, err } = az.run(script, ['grants', '--identity', identity, '--subscription', writer]);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`does not know the subscription ${writer}`),
    });
    expect(az.read().calls).toEqual([]);
  });
});

test.each([
  '',
  'everything',
  'application',
  'connector',
  'application --name Model',
  'application --name',
  'grants',
  `grants --write ${writer}`,
  `grants --write-user me`,
  `grants --api ${writer} --write-user somebody`,
  'application --name model-performance --subscription mine',
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
  const { code, err } = az.run(script, ['application', '--name', 'model-performance'], { PATH: '/nowhere' });
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^The Azure CLI \(az\) is not there\..+\n$/) });
});
