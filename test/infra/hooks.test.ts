import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { installAzureCli, type AzureCli, type Directory } from './azure-cli/directory.js';

jest.setTimeout(120_000);

const before = 'infra/scripts/before-provision.sh';
const after = 'infra/scripts/after-provision.sh';
const beforeDeploy = 'infra/scripts/before-deploy.sh';
const tenantId = '10000000-0000-4000-8000-000000000009';
const subscription = '20000000-0000-4000-8000-000000000001';
const foreign = '20000000-0000-4000-8000-000000000002';
const storageId = `/subscriptions/${subscription}/resourceGroups/x/providers/Microsoft.Storage/storageAccounts/y`;
const api = '10000000-0000-4000-8000-000000000001';
const identity = '10000000-0000-4000-8000-000000000002';
const caller = '10000000-0000-4000-8000-000000000003';
const person = '10000000-0000-4000-8000-000000000004';
const graphRoles = [
  { id: '9241abd9-d0e6-425a-bd4f-47ba86e767a4', value: 'beta' },
  { id: '243333ab-4d21-40cb-a475-36241daa0842', value: 'v1.0' },
];

let az: AzureCli;
/** A machine with an Azure CLI, an azd and a `sleep` that write down what they are asked. */
function install(more: Partial<Directory> = {}): void {
  az = installAzureCli({
    tenantId,
    subscriptions: { [subscription]: tenantId, [foreign]: api },
    applications: [],
    servicePrincipals: [
      { id: 'graph', appId: '00000003-0000-0000-c000-000000000000', appRoles: graphRoles },
      {
        id: 'api',
        appId: api,
        appRoles: ['Write', 'Operate'].map((role) => ({ id: role, value: `ModelPerformance.${role}` })),
      },
      { id: 'identity', appId: identity, appRoles: [] },
      { id: 'caller', appId: caller, appRoles: [] },
    ],
    people: [{ id: person, kind: 'user', me: true }],
    assignments: [],
    slow: 0,
    made: 0,
    calls: [],
    ...more,
  });
  for (const program of ['azd', 'sleep']) {
    writeFileSync(join(az.folder, program), `#!/bin/sh\necho "$@" >>'${join(az.folder, `${program}-asked`)}'\n`);
    chmodSync(join(az.folder, program), 0o755);
  }
}
beforeEach(() => {
  install();
});
afterEach(() => {
  az.remove();
});

const asked = (program: string) => {
  const file = join(az.folder, `${program}-asked`);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

describe('before the deployment', () => {
  test('a registration that is named is taken', () => {
    expect(az.run(before, [], { ENTRA_API_CLIENT_ID: api, ENTRA_GRANTS: 'script' })).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect([az.read().calls, asked('azd')]).toEqual([[], []]);
  });

  test.each([
    ['production', 'model-performance-production'],
    ['Test_1.EU', 'model-performance-test-1-eu'],
    ['x'.repeat(64), `model-performance-${'x'.repeat(42)}`],
  ])('where that was asked for, one is made for the environment %s alone, and azd told', (environment, name) => {
    const given = { ENTRA_GRANTS: 'script', AZURE_ENV_NAME: environment, AZURE_SUBSCRIPTION_ID: subscription };
    expect(az.run(before, [], given).code).toBe(0);
    const [made] = az.read().applications;
    expect(made).toMatchObject({ uniqueName: name, identifierUris: [`api://${tenantId}/${name}`] });
    expect(asked('azd')).toEqual([
      `env set ENTRA_API_NAME ${name}`,
      `env set ENTRA_API_CLIENT_ID ${made?.appId ?? ''}`,
    ]);
  });

  test('one that was made here is completed when a new version needs more of it, and azd is told nothing', () => {
    const given = { ENTRA_GRANTS: 'script', AZURE_ENV_NAME: 'production' };
    expect(az.run(before, [], given).code).toBe(0);
    const clientId = az.read().applications[0]?.appId ?? '';
    const told = asked('azd');
    const again = { ...given, ENTRA_API_NAME: 'model-performance-production', ENTRA_API_CLIENT_ID: clientId };
    expect(az.run(before, [], { ...again, ENTRA_ALLOW_AZURE_CLI: 'true' }).code).toBe(0);
    expect(az.read().applications).toMatchObject([{ appId: clientId, api: { preAuthorizedApplications: [{}] } }]);
    expect(asked('azd')).toEqual(told);
  });

  test('in another tenant than that of the subscription it stops, and nothing is made', () => {
    const given = { ENTRA_GRANTS: 'script', AZURE_ENV_NAME: 'production', AZURE_SUBSCRIPTION_ID: foreign };
    const { code, err } = az.run(before, [], given);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`belongs to ${api}. Nothing was done`) });
    expect([az.read().calls, asked('azd')]).toEqual([[], []]);
  });

  test('otherwise it stops, and says what to choose from', () => {
    const { code, err } = az.run(before, []);
    expect(code).toBe(1);
    expect(err).toMatch(/ENTRA_GRANTS script[^]+ENTRA_API_CLIENT_ID <client id>/);
    expect(az.read().calls).toEqual([]);
  });
});

describe('after the deployment', () => {
  const deployed = {
    ENTRA_API_CLIENT_ID: api,
    identityClientId: identity,
    ENTRA_WRITE: caller,
    ENTRA_OPERATE_USERS: 'me',
    AZURE_SUBSCRIPTION_ID: subscription,
  };

  test.each(['beta', 'v1.0'])(
    'the permission for Graph %s and the callers’ roles are granted where that was asked for',
    (version) => {
      const environment = { ...deployed, ENTRA_GRANTS: 'script', GRAPH_VERSION: version };
      expect(az.run(after, [], environment)).toMatchObject({ code: 0 });
      expect(az.run(after, [], environment)).toMatchObject({ code: 0 });
      const graphRole = graphRoles.find(({ value }) => value === version);
      expect(az.read().assignments).toMatchObject([
        { principalId: 'identity', resourceId: 'graph', appRoleId: graphRole?.id },
        { principalId: 'caller', resourceId: 'api', appRoleId: 'Write' },
        { principalId: person, resourceId: 'api', appRoleId: 'Operate' },
      ]);
      expect(az.read().assignments).toHaveLength(3);
    },
  );

  test('otherwise nothing is granted, and the command is printed', () => {
    const { code, err } = az.run(after, [], deployed);
    expect(code).toBe(0);
    expect(err).toContain(
      `infra/scripts/entra.sh grants --identity ${identity} --graph-version beta --api ${api} --write ${caller} --operate-user me --subscription ${subscription}\n`,
    );
    expect(az.read().calls).toEqual([]);
  });

  test('it is printed once more with --print, whatever was asked for', () => {
    const { code, err } = az.run(after, ['--print'], { ...deployed, ENTRA_GRANTS: 'script' });
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(`entra.sh grants --identity ${identity}`) });
    expect(az.read().calls).toEqual([]);
  });

  test.each([
    ['nobody', /Alerts tell nobody: azd env set ALERT_EMAIL <address>/],
    ['operator@example.com', /^(?![^]*Alerts)/],
  ])('when alerts tell %s', (alertsTell, printed) => {
    expect(az.run(after, [], { ...deployed, alertsTell }).err).toMatch(printed);
  });

  test.each(['identityClientId', 'ENTRA_API_CLIENT_ID'])('without %s it stops', (name) => {
    const { code, err } = az.run(after, [], { ...deployed, [name]: '' });
    expect({ code, err }).toEqual({ code: expect.any(Number), err: expect.stringContaining('run azd provision') });
    expect(code).not.toBe(0);
  });
});

describe('before the package is deployed', () => {
  const deployed = { storageId, identityPrincipalId: identity };
  const since = (secondsAgo: number) => [
    { scope: storageId, principalId: identity, createdOn: new Date(Date.now() - secondsAgo * 1000).toISOString() },
  ];

  test('it waits until the role of the identity is old enough, and says what to do if that is not enough', () => {
    az.remove();
    install({ azureRoles: [...since(86_400), ...since(60)] });
    const { code, err } = az.run(beforeDeploy, [], deployed);
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/InaccessibleStorageException.*run azd deploy\./),
    });
    const [waited = '', ...more] = asked('sleep');
    expect(more).toEqual([]);
    expect(Number(waited)).toBeGreaterThan(60);
    expect(Number(waited)).toBeLessThanOrEqual(120);
  });

  test('with an old role it says and waits nothing', () => {
    az.remove();
    install({ azureRoles: since(86_400) });
    expect(az.run(beforeDeploy, [], deployed)).toEqual({ code: 0, out: '', err: '' });
    expect(asked('sleep')).toEqual([]);
  });

  test('without a role it stops', () => {
    expect(az.run(beforeDeploy, [], deployed)).toMatchObject({
      code: 1,
      err: expect.stringContaining('azd provision'),
    });
  });

  test('without the Azure CLI it goes on, and says what may happen', () => {
    az.remove();
    install({ signedIn: false });
    const { code, err } = az.run(beforeDeploy, [], deployed);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/is not signed in\. .*run azd deploy\.\n$/) });
  });

  test('without a deployment it stops', () => {
    expect(az.run(beforeDeploy, []).err).toContain('run azd provision');
  });
});

describe('what a person sees of a hook', () => {
  /** The hooks of azure.yaml, by name. */
  const hooks = Object.fromEntries(
    [
      ...readFileSync('azure.yaml', 'utf8').matchAll(
        /^ {2}(\w+):\n {4}shell: sh\n {4}run: (\S+)\n( {4}interactive: true)?/gm,
      ),
    ].map(([, name = '', run = '', interactive]) => [name, { run, interactive: interactive !== undefined }]),
  );

  /**
   * A hook as azd runs it: one that is not interactive has its output in a pane that is cleared, and its errors are shown only when it
   * fails. Source: pkg/ext/hooks_runner.go and pkg/exec/command_runner.go of azd 1.31.
   */
  function seen(
    name: string,
    environment: Record<string, string>,
    { interactive } = hooks[name] ?? { interactive: false },
  ) {
    const { code, out, err } = az.run(hooks[name]?.run ?? '', [], environment);
    return interactive ? out + err : code === 0 ? '' : err;
  }
  const deployed = {
    ENTRA_API_CLIENT_ID: api,
    identityClientId: identity,
    alertsTell: 'nobody',
    storageId,
    identityPrincipalId: identity,
  };

  test('the command for the grants, and that alerts tell nobody', () => {
    expect(seen('postprovision', deployed)).toMatch(/entra\.sh grants[^]*Alerts tell nobody/);
    expect(seen('postprovision', deployed, { interactive: false })).toBe('');
  });

  test('what to choose from before the first deployment', () => {
    expect(seen('preprovision', {})).toContain('ENTRA_GRANTS script');
  });

  test('why the deployment of the package waits', () => {
    az.remove();
    install({ azureRoles: [{ scope: storageId, principalId: identity, createdOn: new Date().toISOString() }] });
    expect(seen('predeploy', deployed)).toContain('waiting');
  });
});

describe('what a deployment would change', () => {
  const script = 'infra/scripts/what-if.sh';

  test('is told as Markdown to who may only read', () => {
    expect(az.run(script, [], { AZURE_RESOURCE_GROUP: 'models' })).toEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(/^### What this would change in Azure\n\n```\nResource changes: 1 to create\.\n```\n/),
    });
  });

  test.each([
    ['without a resource group', {}],
    ['without the Azure CLI', { AZURE_RESOURCE_GROUP: 'models', PATH: '/usr/bin:/bin' }],
  ])('%s it fails, and prints nothing to show', (_, environment) => {
    const { code, out } = az.run(script, [], environment);
    expect(code).not.toBe(0);
    expect(out).toBe('');
  });
});
