import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { apiClientId, callers } from '../../local/emulator/constants.js';
import { roles } from '../../src/auth/caller.js';
import { networkProviders, providers } from '../../tools/doctor/subscription.js';
import { installAzureCli, type AzureCli, type Directory } from '../infra/azure-cli/directory.js';
import type { System } from '../support/system.js';
import { useSystem, useSystems } from '../support/useSystem.js';
import { run } from '../support/tools.js';

jest.setTimeout(120_000);

const system = useSystem({ READY_CACHE_MS: '0' });
const start = useSystems();
const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterEach(() => {
  system.emulator.disarm();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `npm run doctor` without npm, on a machine without the Azure CLI and azd unless a path to them is given; Graph is the emulator. */
function doctor(given: readonly string[], environment: Record<string, string> = {}) {
  const metadata = given.includes('--metadata') ? [] : ['--metadata', `${system.emulator.graphUrl}/beta/$metadata`];
  const env = { PATH: '', ...environment };
  return run([process.execPath, 'dist/tools/doctor/main.js', ...given, ...metadata], { env, bare: true });
}

/** The doctor with a token of the Write caller, unless these claims say otherwise. */
const examined = ({ baseUrl, emulator }: System, claims: Readonly<Record<string, unknown>> = {}) =>
  doctor([baseUrl], { TOKEN: emulator.issue(claims) });

test('an app whose settings are wrong: told where to look', async () => {
  const wrong = await start({ MAX_ATTEMPTS: 'many' });
  expect(await examined(wrong)).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^missing {2}.* is not configured: .*"Settings error: …"/),
  });
});

test('nothing is missing: every check, and exit code 0', async () => {
  const writes = system.emulator.requests().length;
  const { code, out, err } = await examined(system);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [app, token, permission, graph, telemetry, drift, end, ...more] = out.trim().split('\n');
  expect(app).toBe(`ok       The app answers at ${system.baseUrl}.`);
  expect([token, permission, graph]).toEqual([
    expect.stringMatching(/^ok {7}token: /),
    expect.stringMatching(/^ok {7}permission: .*DeviceManagementConfiguration\.ReadWrite\.All/),
    expect.stringMatching(/^ok {7}graph: /),
  ]);
  expect(telemetry).toMatch(/^ok {7}telemetry: There is no telemetry/);
  expect(drift).toBe('ok       Microsoft Graph describes the models as this API knows them.');
  expect([end, more]).toEqual(['Nothing is missing.', []]);
  const asked = system.emulator.requests().slice(writes);
  expect(asked.filter(({ server, method }) => server === 'graph' && method !== 'GET')).toEqual([]);
});

test('the address may end with a slash or with /api', async () => {
  const TOKEN = system.emulator.issue();
  expect(await doctor([`${system.baseUrl}/`], { TOKEN })).toMatchObject({ code: 0 });
  expect(await doctor([`${system.baseUrl}/api/`], { TOKEN })).toMatchObject({ code: 0 });
});

describe('what the app lacks', () => {
  test.each([
    { fault: 'F11-licence', message: /^missing {2}graph: .*permission/im },
    { fault: 'F06', message: /^missing {2}graph: Microsoft Graph is unavailable\. /m },
  ])('$fault of Graph: named, with exit code 1', async ({ fault, message }) => {
    system.emulator.arm({ fault, method: 'any', times: 'always' });
    const { code, out, err } = await examined(system);
    expect(out).toMatch(message);
    expect(out).toMatch(/\n1 to mend\.\n$/);
    expect({ code, err }).toEqual({ code: 1, err: '' });
  });

  test('an identity that gives no token, and the setting that mends it', async () => {
    const { emulator, ...cold } = await start();
    emulator.arm({ fault: 'F33', times: 'always' });
    const { code, out } = await examined({ ...cold, emulator });
    expect(out).toMatch(/^missing {2}token: .*MANAGED_IDENTITY_CLIENT_ID/m);
    expect(code).toBe(1);
  });

  test('the permission of Graph, by its name', async () => {
    const { code, out } = await examined(await start({}, { roles: ['User.Read.All'] }));
    expect(out).toMatch(/^missing {2}permission: .*Grant .*/m);
    expect(out).toContain('DeviceManagementConfiguration.ReadWrite.All');
    expect(code).toBe(1);
  });

  test('the signing keys of Entra ID', async () => {
    const { port } = new URL(system.baseUrl);
    const cut = await start({ ENTRA_ROOT: `http://127.0.0.1:${port}` });
    const { code, out } = await examined(cut);
    expect(out).toMatch(/^missing {2}The app cannot read the signing keys/m);
    expect(code).toBe(1);
  });
});

describe('what the token lacks', () => {
  const hourAgo = Math.floor(Date.now() / 1000) - 3_600;
  test.each([
    { what: 'role', claims: { roles: ['ModelPerformance.Read'] }, message: /Write is not in it: assign it to \S+ or/ },
    { what: 'version', claims: { ver: '1.0' }, message: /requestedAccessTokenVersion 2/ },
    { what: 'time', claims: { iat: hourAgo, nbf: hourAgo, exp: hourAgo + 60 }, message: /has expired/ },
    {
      what: 'audience',
      claims: { aud: callers.read.clientId },
      message: /is for \S+d1 in tenant \S+: ENTRA_API_CLIENT_ID/,
    },
    { what: 'scope', claims: { scp: 'User.Read', idtyp: undefined }, message: /needs the scope access_as_user/ },
  ])('$what', async ({ claims, message }) => {
    const { code, out } = await examined(system, claims);
    expect(out).toMatch(/^ok {7}The app says that updates can succeed\.$/m);
    expect(out).toMatch(message);
    expect(code).toBe(1);
  });

  test('it is none', async () => {
    const { out } = await doctor([system.baseUrl], { TOKEN: 'secret' });
    expect(out).toContain('It is not a JSON Web Token.');
    expect(out).not.toContain('secret');
  });

  test('its application is not on the list', async () => {
    const closed = await start({ ENTRA_ALLOWED_CLIENT_IDS: callers.read.clientId });
    const { out } = await examined(closed);
    expect(out).toContain(`ENTRA_ALLOWED_CLIENT_IDS of the app must list ${callers.write.clientId}.`);
  });
});

describe('what Graph changes', () => {
  test('is told, with exit code 1', async () => {
    const published = await (await fetch(`${system.emulator.graphUrl}/beta/$metadata`)).text();
    const file = join(folder, 'metadata.xml');
    writeFileSync(file, published.replace('"Edm.Int32"', '"Edm.Int64"'));
    const TOKEN = system.emulator.issue();
    const { code, out } = await doctor([system.baseUrl, '--metadata', file], { TOKEN });
    expect(out).toMatch(/^missing {2}Microsoft Graph has changed: modelDeviceCount is Edm\.Int64 now/m);
    expect(code).toBe(1);
  });

  test('is not known where the metadata cannot be read, which is no fault of the app', async () => {
    const TOKEN = system.emulator.issue();
    const { code, out } = await doctor([system.baseUrl, '--metadata', join(folder, 'nothing.xml')], { TOKEN });
    expect(out).toMatch(/^unsure {3}The metadata of Microsoft Graph cannot be read from here/m);
    expect(code).toBe(0);
  });
});

describe('with the environment of azd', () => {
  const subscription = '20000000-0000-4000-8000-000000000001';
  const tenantId = '10000000-0000-4000-8000-000000000009';
  const machines: AzureCli[] = [];
  afterAll(() => {
    for (const { remove } of machines) remove();
  });

  /** A machine with an Azure CLI and an azd that knows these values. */
  function machine(values: Record<string, string>, more: Partial<Directory> = {}) {
    const az = installAzureCli({
      tenantId,
      subscriptions: { [subscription]: tenantId },
      applications: [],
      servicePrincipals: [
        { id: 'api', appId: apiClientId, appRoles: Object.values(roles).map((value) => ({ id: value, value })) },
      ],
      assignments: [],
      slow: 0,
      made: 0,
      calls: [],
      ...more,
    });
    machines.push(az);
    writeFileSync(join(az.folder, 'azd'), `#!/bin/sh\necho '${JSON.stringify(values)}'\n`);
    chmodSync(join(az.folder, 'azd'), 0o755);
    return { PATH: `${az.folder}:/usr/bin:/bin`, AZ_STATE: join(az.folder, 'state.json') };
  }
  const deployed = () => ({
    address: system.baseUrl,
    ENTRA_API_CLIENT_ID: apiClientId,
    identityClientId: '10000000-0000-4000-8000-000000000002',
    AZURE_SUBSCRIPTION_ID: subscription,
    alertsTell: 'operator@example.com',
  });

  test('no address need be given', async () => {
    const { code, out } = await doctor([], { ...machine(deployed()), TOKEN: system.emulator.issue() });
    expect(out).toContain(`The app answers at ${system.baseUrl}.`);
    expect(out).toMatch(/^ok {7}Alerts tell operator@example\.com\.$/m);
    expect({ code, end: out.trim().split('\n').at(-1) }).toEqual({ code: 0, end: 'Nothing is missing.' });
  });

  test('a registration without the newest role is missing it', async () => {
    const older = { id: 'api', appId: apiClientId, appRoles: [{ id: 'write', value: 'ModelPerformance.Write' }] };
    const { code, out } = await doctor([], {
      ...machine(deployed(), { servicePrincipals: [older] }),
      TOKEN: system.emulator.issue(),
    });
    expect(out).toMatch(/^missing {2}The registration of the API lacks .*ModelPerformance\.Operate: azd provision/m);
    expect(code).toBe(1);
  });

  test('alerts that tell nobody are missing', async () => {
    const values = { ...deployed(), alertsTell: 'nobody' };
    const { code, out } = await doctor([], { ...machine(values), TOKEN: system.emulator.issue() });
    expect(out).toMatch(/^missing {2}Alerts tell nobody: azd env set ALERT_EMAIL/m);
    expect(code).toBe(1);
  });

  test('what the deployment said of the grants is said once more, when they are missing', async () => {
    const refused = await start({}, { roles: ['User.Read.All'] });
    const values = { ...deployed(), address: refused.baseUrl, ENTRA_WRITE: callers.write.clientId };
    const { out } = await doctor([], { ...machine(values), TOKEN: refused.emulator.issue() });
    expect(out).toContain(
      `infra/scripts/entra.sh grants --identity ${values.identityClientId} --graph-version beta --api ${apiClientId} --write ${callers.write.clientId}`,
    );
  });

  describe('before there is a deployment', () => {
    const chosen = { AZURE_SUBSCRIPTION_ID: subscription, PRIVATE_NETWORKING: 'true' };

    test('nothing is missing: the sign-in and each provider', async () => {
      const { code, out } = await doctor([], machine(chosen));
      for (const name of [...providers, ...networkProviders])
        expect(out).toContain(`ok       The provider ${name} is registered.`);
      expect(out).toMatch(/Nothing is missing\.\nThere is no deployment yet: azd up makes it\.\n$/);
      expect(code).toBe(0);
    });

    test('a provider is missing: the command that registers it', async () => {
      const { code, out } = await doctor([], machine(chosen, { providers: { 'Microsoft.App': 'NotRegistered' } }));
      expect(out).toMatch(/^missing {2}.*az provider register --namespace Microsoft\.App --wait$/m);
      expect({ code, count: /(\d+) to mend/.exec(out)?.[1] }).toEqual({ code: 1, count: '1' });
    });

    test.each([
      { what: 'nobody is signed in', more: { signedIn: false }, message: /az login/ },
      {
        what: 'the tenant is another',
        more: { subscriptions: { [subscription]: apiClientId } },
        message: /az login --tenant /,
      },
      { what: 'the subscription is not known', more: { subscriptions: {} }, message: /does not know the subscription/ },
    ])('$what', async ({ more, message }) => {
      const { code, out } = await doctor([], machine(chosen, more));
      expect(out).toMatch(message);
      expect(code).toBe(1);
    });

    test('the providers are those of the templates', () => {
      const types = ['prod', 'private'].flatMap((kind) =>
        [...readFileSync(`infra/main.${kind}.snapshot.json`, 'utf8').matchAll(/"type": "(Microsoft\.\w+)\//g)].map(
          ([, name = '']) => name,
        ),
      );
      // Microsoft.Authorization is always there; alert rules of logs come with Microsoft.AlertsManagement; Flex in a network with Microsoft.App.
      const known = [...providers, ...networkProviders, 'Microsoft.Authorization'];
      expect([...new Set(types)].filter((name) => !known.includes(name))).toEqual([]);
    });
  });
});

describe('where the token comes from', () => {
  /** An Azure CLI that prints this and writes its arguments to a file. */
  function azureCli(message: string, exitCode: number): Record<string, string> {
    const stream = exitCode === 0 ? 1 : 2;
    writeFileSync(
      join(folder, 'az'),
      `#!${process.execPath}\nrequire('fs').writeFileSync(${JSON.stringify(join(folder, 'asked'))}, process.argv.slice(2).join(' '));\nif (process.argv[2] !== 'account') process.exit(1);\nrequire('fs').writeSync(${stream}, ${JSON.stringify(message)});\nprocess.exitCode = ${exitCode};\n`,
    );
    chmodSync(join(folder, 'az'), 0o755);
    return { PATH: folder };
  }

  test('the Azure CLI, when the API is named', async () => {
    const path = azureCli(`${system.emulator.issue()}\n`, 0);
    const { code, out } = await doctor([system.baseUrl, '--api', apiClientId], path);
    expect(out).toContain('Nothing is missing.');
    expect(code).toBe(0);
  });

  test.each([
    {
      what: 'the Azure CLI gives none',
      path: () => azureCli('ERROR: AADSTS65001 no consent\nmore', 1),
      message: /AADSTS65001 no consent .*az login/,
    },
    { what: 'there is no Azure CLI', path: () => ({ PATH: '' }), message: /The Azure CLI is not there/ },
  ])('$what: what everybody sees is told', async ({ path, message }) => {
    const { code, out } = await doctor([system.baseUrl, '--api', apiClientId], path());
    expect(out).toMatch(/^ok {7}The app says that updates can succeed\.$/m);
    expect(out).toMatch(message);
    expect(code).toBe(1);
  });

  test('nowhere: it says what to set', async () => {
    const { code, out } = await doctor([system.baseUrl]);
    expect(out).toMatch(/^missing {2}.*Set TOKEN .* or give --api\.$/m);
    expect(code).toBe(1);
  });
});

describe('where nothing of ours answers', () => {
  test('another server: no token is sent to it', async () => {
    const { graphUrl } = system.emulator;
    const before = system.emulator.requests().length;
    const { code, out } = await doctor([graphUrl], { TOKEN: system.emulator.issue() });
    expect(out).toMatch(/^missing {2}http:\S+ answers with status \d+ when asked whether it lives/);
    expect(code).toBe(1);
    expect(system.emulator.requests().length - before).toBeLessThanOrEqual(1);
  });

  test.each([
    ['http://127.0.0.1:1', /the connection is refused|the connection fails/],
    ['https://nowhere.invalid', /the name is not known|the connection fails/],
  ])('%s', async (address, message) => {
    const { code, out } = await doctor([address]);
    expect(out).toMatch(message);
    expect(code).toBe(1);
  });
});

test.each([
  [[]],
  [['example.com']],
  [['ftp://example.com']],
  [['http://example.com']],
  [['https://']],
  [['https://example.com/api/v1']],
  [['https://example.com?x']],
  [['https://me:secret@example.com']],
  [['https://a.example', 'https://b.example']],
  [['https://a.example', '--api', 'mine']],
  [['https://a.example', '--all']],
])('%j is refused in one line', async (given) => {
  const { code, out, err } = await doctor(given);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^.+ See npm run doctor -- --help\.\n$/);
});

test('--help tells how', async () => {
  expect(await doctor(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Exit code') });
});
