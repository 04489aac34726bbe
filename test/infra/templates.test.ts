import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { bicep, findCompiler } from '../../tools/infra/compiler.js';
import { copyTemplates, deployments, graphDeployments, somewhere } from '../../tools/infra/templates.js';
import { registered } from '../../src/register.js';
import { readConfig } from '../../src/config.js';
import { settings } from '../../src/settings.js';
import { notTested } from '../support/notTested.js';

jest.setTimeout(120_000);

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly properties: Record<string, unknown>;
  readonly tags?: Record<string, string>;
}
interface Snapshot {
  readonly predictedResources: readonly Resource[];
  readonly outputs: Record<string, unknown>;
}

// What is deployed, as the compiler computed it: see `npm run infra:renew`.
const kinds = ['dev', 'prod', 'private'] as const;
const snapshots = Object.fromEntries(
  kinds.map((kind) => [kind, JSON.parse(readFileSync(`infra/main.${kind}.snapshot.json`, 'utf8')) as Snapshot]),
) as Record<(typeof kinds)[number], Snapshot>;

const of = (kind: (typeof kinds)[number], type: string) =>
  snapshots[kind].predictedResources.filter((resource) => resource.type === `Microsoft.${type}`);
const one = (kind: (typeof kinds)[number], type: string) => {
  const [found, ...more] = of(kind, type);
  if (found === undefined || more.length > 0) throw new Error(`${kind} has not one ${type}.`);
  return found;
};

/** Settings of the platform, its host and its storage connection. */
const platforms = [
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];

const readQuery = (name: string) => readFileSync(`infra/queries/${name}`, 'utf8');
const queriesOf = (folder: string) => readdirSync(`infra/queries/${folder}`).filter((name) => name.endsWith('.kql'));

describe.each(kinds)('what is deployed (%s)', (kind) => {
  const site = () => one(kind, 'Web/sites').properties as Record<string, Record<string, unknown>>;
  const appSettings = () => site().siteConfig?.appSettings as { name: string; value: string }[];

  test('storage knows no keys, no anonymous readers, no plain text', () => {
    expect(one(kind, 'Storage/storageAccounts').properties).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: 'TLS1_2',
      supportsHttpsTrafficOnly: true,
    });
    expect(one(kind, 'Storage/storageAccounts/blobServices/containers').properties).toEqual({ publicAccess: 'None' });
  });

  test('telemetry is let in by identity alone', () => {
    expect(one(kind, 'Insights/components').properties).toMatchObject({ DisableLocalAuth: true });
    expect(one(kind, 'OperationalInsights/workspaces').properties).toMatchObject({
      features: { disableLocalAuth: true },
    });
  });

  test('the app is on Flex Consumption and Node 24, https and TLS 1.2 only, HTTP/2, no passwords for publishing', () => {
    expect(one(kind, 'Web/serverfarms')).toMatchObject({ sku: { name: 'FC1', tier: 'FlexConsumption' } });
    expect(site()).toMatchObject({
      httpsOnly: true,
      functionAppConfig: { runtime: { name: 'node', version: '24' } },
      siteConfig: {
        http20Enabled: true,
        minTlsVersion: '1.2',
        scmMinTlsVersion: '1.2',
        ftpsState: 'Disabled',
        cors: null,
      },
    });
    expect(
      of(kind, 'Web/sites/basicPublishingCredentialsPolicies').map(({ name, properties }) => [name, properties]),
    ).toEqual(['ftp', 'scm'].map((way) => [expect.stringMatching(new RegExp(`/${way}$`)), { allow: false }]));
    expect(one(kind, 'Web/sites').tags).toMatchObject({ 'azd-service-name': 'api' });
  });

  test('every setting that the code requires is set, and none that neither it nor the platform knows', () => {
    const names = appSettings().map(({ name }) => name);
    const required = Object.entries(settings).filter(
      ([, { rule }]) => (rule.describe().flags as { presence?: string } | undefined)?.presence === 'required',
    );
    expect(names).toEqual(expect.arrayContaining(required.map(([name]) => name)));
    expect(names.filter((name) => !(name in settings) && !platforms.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('the code takes the settings as they are', () => {
    const later = (name: string) => settings[name as keyof typeof settings].example;
    const known = appSettings().filter(({ name }) => name in settings);
    const environment = known.map(({ name, value }) => [name, value.startsWith('[') ? later(name) : value]);
    expect(readConfig(Object.fromEntries(environment) as Record<string, string>)).toMatchObject({
      validation: kind === 'dev' ? 'documented' : 'strict',
      telemetry: { identityClientId: expect.any(String) },
    });
  });

  test('none of the settings that Flex Consumption forbids', () => {
    const text = JSON.stringify(snapshots[kind]);
    const forbidden =
      /FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT|SCM_DO_BUILD|ENABLE_ORYX|WEBSITE_TIME_ZONE|"TZ"|linuxFxVersion/;
    expect(text).not.toMatch(forbidden);
  });

  test('the identity gets four roles, and no more', () => {
    const roles = of(kind, 'Authorization/roleAssignments').map(({ properties }) =>
      String(properties.roleDefinitionId).split('/').at(-1),
    );
    expect(roles.sort()).toEqual([
      '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
      '3913510d-42f4-4e42-8a64-420c390055eb',
      '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
      'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    ]);
  });

  test('logs of the app and of storage go to the workspace', () => {
    expect(of(kind, 'Insights/diagnosticSettings')).toHaveLength(3);
  });

  test('every alert says what is wrong and what to mend, with the query of its file', () => {
    const alerts = of(kind, 'Insights/scheduledQueryRules');
    const files = queriesOf('alerts');
    expect(alerts.map(({ name }) => name.replace(/^model-performance(-dev)?-/, '')).sort()).toEqual(
      files.map((name) => name.replace('.kql', '')).sort(),
    );
    for (const { name, properties } of alerts) {
      const query = readQuery(`alerts/${name.replace(/^model-performance(-dev)?-/, '')}.kql`);
      const [title, mend] = query.split('\n').map((line) => line.replace(/^\/\/ /, ''));
      expect(properties).toMatchObject({ displayName: title, description: mend, criteria: { allOf: [{ query }] } });
    }
  });

  test('readiness is asked from outside, and an alert follows', () => {
    expect(JSON.stringify(one(kind, 'Insights/webtests').properties)).toContain('/api/health/ready');
    expect(one(kind, 'Insights/metricAlerts').properties).toMatchObject({ severity: 1, enabled: true });
  });

  test('the workbook shows every query of the operator', () => {
    const shown = String(one(kind, 'Insights/workbooks').properties.serializedData);
    const missing = queriesOf('.').filter((name) => !shown.includes(readQuery(name).split('\n')[0] ?? ''));
    expect(missing).toEqual([]);
  });

  test('outputs hold no secret', () => {
    const text = JSON.stringify(snapshots[kind].outputs);
    expect(text).not.toMatch(/list\w*\(|connectionString|key|secret|password/i);
    expect(Object.keys(snapshots[kind].outputs).sort()).toEqual([
      'address',
      'appName',
      'identityClientId',
      'identityPrincipalId',
      'resourceGroupName',
    ]);
  });
});

describe('private networking', () => {
  test('closes storage, and reaches it by endpoints of its own', () => {
    expect(one('private', 'Storage/storageAccounts').properties).toMatchObject({
      publicNetworkAccess: 'Disabled',
      networkAcls: { defaultAction: 'Deny' },
    });
    const groups = of('private', 'Network/privateEndpoints').map(({ name }) => name.split('-').at(-1));
    expect(groups.sort()).toEqual(['blob', 'queue', 'table']);
    expect(of('private', 'Network/privateEndpoints/privateDnsZoneGroups')).toHaveLength(3);
    expect(JSON.stringify(one('private', 'Network/virtualNetworks'))).toContain('Microsoft.App/environments');
    expect(one('private', 'Web/sites').properties.virtualNetworkSubnetId).toBeTruthy();
  });

  test('is not there unless it is asked for', () => {
    for (const kind of ['dev', 'prod'] as const) {
      expect(snapshots[kind].predictedResources.filter(({ type }) => type.startsWith('Microsoft.Network/'))).toEqual(
        [],
      );
      expect(one(kind, 'Web/sites').properties.virtualNetworkSubnetId ?? null).toBeNull();
    }
  });
});

const compiler = findCompiler();
if (compiler === undefined)
  notTested('the compiled templates', 'there is no Bicep compiler; npm run infra:check restores one');

interface Template {
  readonly parameters?: Record<string, { metadata?: { description?: string } }>;
  readonly outputs?: Record<string, { metadata?: { description?: string } }>;
  readonly resources: Record<string, { dependsOn?: string[]; properties?: { template?: Template } }>;
}

(compiler === undefined ? describe.skip : describe)('the compiled templates', () => {
  const path = compiler ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const templates: Record<string, Template> = {};
  const texts: Record<string, string> = {};
  /** Deployments with the Graph extension are missing here when it cannot be had. */
  beforeAll(async () => {
    const withGraph = await copyTemplates(path, folder);
    await Promise.all(
      [...deployments, ...(withGraph ? graphDeployments : [])].map(async (file) => {
        const { status, out, err } = await bicep(path, ['build', file, '--stdout'], folder);
        expect({ status, err }).toEqual({ status: 0, err: '' });
        texts[file] = out;
        templates[file] = JSON.parse(out) as Template;
      }),
    );
  });

  const nested = (template: Template): Template[] => [
    template,
    ...Object.values(template.resources).flatMap(({ properties }) =>
      properties?.template ? nested(properties.template) : [],
    ),
  ];

  test('every parameter and output is described, inside modules too', () => {
    const all = Object.values(templates).flatMap(nested);
    expect(all.length).toBeGreaterThan(5);
    const undescribed = all.flatMap(({ parameters = {}, outputs = {} }) =>
      [...Object.entries(parameters), ...Object.entries(outputs)]
        .filter(([, { metadata }]) => !metadata?.description)
        .map(([name]) => name),
    );
    expect(undescribed).toEqual([]);
  });

  test('the app comes after its identity, its roles on storage and its role on telemetry', () => {
    const { resources } = templates['main.bicep'] ?? { resources: {} };
    expect(resources.app?.dependsOn).toEqual(expect.arrayContaining(['identity', 'monitoring', 'storage']));
    expect(resources.authentication?.dependsOn).toContain('app');
    for (const module of ['storage', 'monitoring'])
      expect(JSON.stringify(resources[module])).toContain('Microsoft.Authorization/roleAssignments');
  });

  test('authentication in front refuses with 401, and names who may pass', () => {
    const { resources } = templates['main.bicep'] ?? { resources: {} };
    const text = JSON.stringify(resources.authentication);
    expect(text).toContain('"unauthenticatedClientAction":"Return401"');
    expect(text).toContain('"defaultAuthorizationPolicy":{"allowedApplications":"[parameters(\'allowedClientIds\')]"}');
    const open = registered.filter(({ roles }) => Object.values(roles).includes('none'));
    expect(open.length).toBeGreaterThan(3);
    for (const { route } of open) expect(text).toContain(`"/api/${route.replace('{file}', 'start.js')}"`);
  });

  test('the registration has the two roles, the scope and tokens of version 2', () => {
    const text = texts['entra-application.bicep'];
    if (text === undefined) return;
    for (const part of [
      '"requestedAccessTokenVersion": 2',
      'ModelPerformance.Read',
      'ModelPerformance.Write',
      'access_as_user',
    ])
      expect(text).toContain(part);
    const script = readFileSync('infra/scripts/entra.sh', 'utf8');
    const ids = [...text.matchAll(/"id": "([\da-f-]{36})"/g)].map(([, id = '']) => id);
    expect(ids.length).toBeGreaterThan(1);
    expect(ids.filter((id) => !script.includes(id))).toEqual([]);
  });

  test('one permission on Graph is granted, chosen by the version', () => {
    const text = texts['graph-grant.bicep'];
    if (text === undefined) return;
    expect(text.match(/DeviceManagement\w+\.ReadWrite\.All": "[\da-f-]{36}"/g)).toHaveLength(2);
    expect(text).not.toContain('Read.All"');
    expect(text.match(/"resourceId": "\[reference\('graph'/g)).toHaveLength(1);
  });

  const good = "param name = 'model-performance'\nparam apiClientId = '00000000-0000-0000-0000-000000000000'\n";
  test.each([
    { what: 'no name', text: good.replace(/^param name.*\n/, ''), says: /name/ },
    { what: 'a name that is too short', text: good.replace("'model-performance'", "'a'"), says: /BCP332|BCP333/ },
    { what: 'no client id', text: "param name = 'model'\n", says: /apiClientId/ },
    { what: 'a client id that is none', text: good.replace(/'0{8}.*'/, "'api'"), says: /BCP332|BCP333/ },
    { what: 'a cloud that nobody knows', text: `${good}param graphCloud = 'moon'\n`, says: /global/ },
    { what: 'a version that is none', text: `${good}param graphApiVersion = 'v2.0'\n`, says: /beta/ },
    {
      what: 'too few instances',
      text: `${good}param scaling = { maximumInstanceCount: 5, instanceMemoryMB: 2048, alwaysReady: 0 }\n`,
      says: /40/,
    },
    {
      what: 'memory that is not sold',
      text: `${good}param scaling = { maximumInstanceCount: 40, instanceMemoryMB: 1024, alwaysReady: 0 }\n`,
      says: /2048/,
    },
    {
      what: 'a part of the scale alone',
      text: `${good}param scaling = { maximumInstanceCount: 40 }\n`,
      says: /instanceMemoryMB/,
    },
    { what: 'more than all traces', text: `${good}param samplingPercent = 101\n`, says: /100/ },
    { what: 'telemetry that is kept for a day', text: `${good}param retentionDays = 1\n`, says: /30/ },
    { what: 'a caller that is none', text: `${good}param allowedClientIds = ['system']\n`, says: /BCP332|BCP333/ },
    { what: 'a misspelt parameter', text: `${good}param nmae = 'x'\n`, says: /nmae/ },
  ])('bad parameters are refused: $what', async ({ what, text, says }) => {
    const file = `${what.replaceAll(' ', '-')}.bicepparam`;
    writeFileSync(join(folder, file), `using 'main.bicep'\n${text}`);
    const { status, err } = await bicep(path, ['build-params', file, '--stdout'], folder);
    expect(status).not.toBe(0);
    expect(err).toMatch(says);
  });

  test('authentication in front without a list of callers is refused', async () => {
    writeFileSync(join(folder, 'nobody.bicepparam'), `using 'main.bicep'\n${good}param authenticationInFront = true\n`);
    const { status, err } = await bicep(
      path,
      ['snapshot', 'nobody.bicepparam', '--mode', 'overwrite', ...somewhere],
      folder,
    );
    expect(status).not.toBe(0);
    expect(err).toContain('allowedClientIds');
  });

  test('good parameters are taken', async () => {
    writeFileSync(join(folder, 'good.bicepparam'), `using 'main.bicep'\n${good}`);
    expect(await bicep(path, ['build-params', 'good.bicepparam', '--stdout'], folder)).toMatchObject({
      status: 0,
      err: '',
    });
  });
});
