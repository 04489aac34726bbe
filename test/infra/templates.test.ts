import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { bicep, findCompiler } from '../../tools/infra/compiler.js';
import { copyTemplates, deployments, graphDeployments, somewhere } from '../../tools/infra/templates.js';
import { jobFunctions, registered } from '../../src/register.js';
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
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
];

const ruleName = (name: string) => name.replace(/^mp-model-performance-[a-z\d]{13}-/, '');

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
    for (const { properties } of of(kind, 'Storage/storageAccounts/blobServices/containers'))
      expect(properties).toEqual({ publicAccess: 'None' });
  });

  test('storage holds the package and what jobs need, and deletes jobs a day after their retention', () => {
    const names = (type: string) =>
      of(kind, `Storage/storageAccounts/${type}`).map(({ name }) => name.split('/').at(-1));
    expect(names('blobServices/containers').sort()).toEqual(['deployment', 'job-data', 'jobs']);
    expect(names('queueServices/queues').sort()).toEqual(['model-performance-jobs', 'model-performance-jobs-poison']);
    const retentionDays = Number(appSettings().find(({ name }) => name === 'JOB_RETENTION_DAYS')?.value);
    expect(one(kind, 'Storage/storageAccounts/managementPolicies').properties).toMatchObject({
      policy: {
        rules: [
          {
            type: 'Lifecycle',
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['jobs/', 'job-data/'] },
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: retentionDays + 1 } } },
            },
          },
        ],
      },
    });
  });

  test('names are made of the environment’s and of the resource group, and fit every resource', () => {
    const named = snapshots[kind].predictedResources.filter(({ type }) =>
      /\/(userAssignedIdentities|workspaces|components|serverfarms|sites|virtualNetworks)$/.test(type),
    );
    expect(named.length).toBeGreaterThan(4);
    for (const { name } of named) expect(name).toMatch(/^mp-[a-z\d-]{4,40}-[a-z\d]{13}$/);
    expect(one(kind, 'Storage/storageAccounts').name).toMatch(/^st[a-z\d]{13}$/);
  });

  test('instances suit the quota of Graph, and zones are asked for with instances and storage alike', () => {
    expect(site().functionAppConfig?.scaleAndConcurrency).toEqual({
      maximumInstanceCount: 10,
      instanceMemoryMB: 2048,
      triggers: { http: { perInstanceConcurrency: 16 } },
      alwaysReady: kind === 'dev' ? [] : [{ name: 'http', instanceCount: 1 }],
    });
    expect(site().functionAppConfig).not.toHaveProperty('siteUpdateStrategy');
    expect([one(kind, 'Web/serverfarms').properties.zoneRedundant, one(kind, 'Storage/storageAccounts')]).toMatchObject(
      kind === 'private' ? [true, { sku: { name: 'Standard_ZRS' } }] : [false, { sku: { name: 'Standard_LRS' } }],
    );
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
    const known = [...Object.keys(settings), ...platforms];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
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

  test('the identity gets a role on blobs, one on each queue of jobs and one on telemetry, and no more', () => {
    const roles = of(kind, 'Authorization/roleAssignments').map(({ name, properties }) => {
      const [, scope = ''] = /^\[guid\('([^']+)'/.exec(name) ?? [];
      return `${String(properties.roleDefinitionId).split('/').at(-1) ?? ''} ${scope.split('/').slice(-2).join('/')}`;
    });
    expect(roles.sort()).toEqual([
      expect.stringMatching(/^3913510d-42f4-4e42-8a64-420c390055eb components\//),
      '974c5e8b-45b9-4653-ba55-5f855dd0fb88 queues/model-performance-jobs',
      '974c5e8b-45b9-4653-ba55-5f855dd0fb88 queues/model-performance-jobs-poison',
      expect.stringMatching(/^b7e6dc6d-f1e8-4753-8033-0f276bb0955b storageAccounts\//),
    ]);
  });

  test('role assignments are named by the object id of the identity, so that one made anew gets its own', () => {
    const names = of(kind, 'Authorization/roleAssignments').map(({ name }) => name);
    expect(names.filter((name) => !name.includes('outputs.principalId.value'))).toEqual([]);
  });

  test('logs of the app and of storage go to the workspace', () => {
    expect(of(kind, 'Insights/diagnosticSettings')).toHaveLength(3);
  });

  test('every alert says what is wrong and what to mend, with the query of its file', () => {
    const alerts = of(kind, 'Insights/scheduledQueryRules');
    // Where nobody can ask from outside, silence says nothing.
    const files = queriesOf('alerts').filter((name) => kind !== 'private' || name !== 'no-requests.kql');
    expect(alerts.map(({ name }) => ruleName(name)).sort()).toEqual(
      files.map((name) => name.replace('.kql', '')).sort(),
    );
    for (const { name, properties } of alerts) {
      const query = readQuery(`alerts/${ruleName(name)}.kql`);
      const [title, mend] = query.split('\n').map((line) => line.replace(/^\/\/ /, ''));
      expect(properties).toMatchObject({ displayName: title, description: mend, criteria: { allOf: [{ query }] } });
    }
  });

  test('the runbook has a section for every alert', () => {
    const headings = [...readFileSync('docs/OPERATE.md', 'utf8').matchAll(/^### (.+)$/gm)].map(
      ([, heading]) => heading,
    );
    const titles = of(kind, 'Insights/scheduledQueryRules').map(({ properties }) => properties.displayName as string);
    const [first = ''] = of(kind, 'Insights/metricAlerts').map(
      ({ properties }) => String(properties.description).split(':')[0],
    );
    expect([...titles, ...(first === '' ? [] : [first])].filter((title) => !headings.includes(title))).toEqual([]);
  });

  test('alerts about queues watch queues that there are, in the table that has their logs', () => {
    const queues = of(kind, 'Storage/storageAccounts/queueServices/queues').map(({ name }) => name.split('/').at(-1));
    const watched = of(kind, 'Insights/scheduledQueryRules')
      .map(({ properties }) => JSON.stringify(properties))
      .filter((text) => text.includes('StorageQueueLogs'));
    const named = watched.flatMap((text) => [...text.matchAll(/Uri contains '\/([\w-]+)\/'/g)].map(([, name]) => name));
    expect(named.sort()).toEqual(queues.sort());
    for (const text of watched) expect(text).toMatch(/"scopes":\["[^"]+outputs\.workspaceId/);
  });

  const places = ['emea-nl-ams-azr', 'emea-gb-db3-azr', 'us-va-ash-azr', 'us-ca-sjc-azr', 'apac-sg-sin-azr'];
  (kind === 'private' ? test.skip : test)('readiness is asked from five places, and an alert follows at three', () => {
    expect(one(kind, 'Insights/webtests').properties).toMatchObject({
      Locations: places.map((Id) => ({ Id })),
      Request: { RequestUrl: expect.stringContaining('/api/health/ready') },
    });
    expect(one(kind, 'Insights/metricAlerts').properties).toMatchObject({
      severity: 1,
      enabled: true,
      criteria: { failedLocationCount: 3 },
    });
  });

  test('the workbook shows every query of the operator', () => {
    const shown = String(one(kind, 'Insights/workbooks').properties.serializedData);
    const missing = queriesOf('.').filter((name) => !shown.includes(readQuery(name).split('\n')[0] ?? ''));
    expect(missing).toEqual([]);
  });

  test('the workbook has a page of updates and one of jobs', () => {
    const text = String(one(kind, 'Insights/workbooks').properties.serializedData);
    const shown = [...text.matchAll(/'isEqualTo', 'value', '(\w+)'\), 'content', .*?'query', '\/\/ (.*)\n/g)];
    const questions = (page: string) => shown.filter(([, of]) => of === page).map(([, , question]) => question);
    const files = queriesOf('.').map((name) => ({ name, question: readQuery(name).split('\n')[0]?.slice(3) }));
    const ofJobs = files.filter(({ name }) => name.startsWith('jobs-')).map(({ question }) => question);
    expect(ofJobs.length).toBeGreaterThan(2);
    expect(questions('jobs').sort()).toEqual(ofJobs.sort());
    expect(questions('updates')).toHaveLength(files.length - ofJobs.length);
    expect(text).toMatch(/'style', 'tabs', 'links', createArray\(.*'subTarget', 'updates'.*'subTarget', 'jobs'/s);
  });

  test('outputs hold no secret', () => {
    const text = JSON.stringify(snapshots[kind].outputs);
    expect(text).not.toMatch(/list\w*\(|connectionString|key|secret|password/i);
    expect(Object.keys(snapshots[kind].outputs).sort()).toEqual([
      'address',
      'alertsTell',
      'appName',
      'identityClientId',
      'identityPrincipalId',
      'resourceGroupName',
      'storageId',
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
    expect(groups.sort()).toEqual(['blob', 'queue', 'site']);
    expect(of('private', 'Network/privateEndpoints/privateDnsZoneGroups')).toHaveLength(3);
    expect(JSON.stringify(one('private', 'Network/virtualNetworks'))).toContain('Microsoft.App/environments');
    expect(one('private', 'Web/sites').properties.virtualNetworkSubnetId).toBeTruthy();
  });

  test('closes the app for calls from outside, where that is asked for: nobody outside then tests its availability', () => {
    expect(one('private', 'Web/sites').properties).toMatchObject({ publicNetworkAccess: 'Disabled' });
    expect(of('private', 'Network/privateDnsZones').map(({ name }) => name)).toContain('privatelink.azurewebsites.net');
    expect([...of('private', 'Insights/webtests'), ...of('private', 'Insights/metricAlerts')]).toEqual([]);
    expect(one('prod', 'Web/sites').properties).toMatchObject({ publicNetworkAccess: 'Enabled' });
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
    expect(resources.app?.dependsOn).toEqual(expect.arrayContaining(['identity', 'monitoring', 'storage', 'roles']));
    expect(resources.authentication?.dependsOn).toContain('app');
    expect(JSON.stringify(resources.roles)).toContain('Microsoft.Authorization/roleAssignments');
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

  test('the registration has the three roles, the scope and tokens of version 2', () => {
    const text = texts['entra-application.bicep'];
    if (text === undefined) return;
    for (const part of [
      'ModelPerformance.Read',
      'ModelPerformance.Write',
      'ModelPerformance.Operate',
      'access_as_user',
    ])
      expect(text).toContain(part);
    expect(text).toMatch(/requestedAccessTokenVersion['"][,:] 2/);
    const script = readFileSync('infra/scripts/entra.sh', 'utf8');
    const ids = [...text.matchAll(/(?:"id": "|'id', ')([\da-f-]{36})/g)].map(([, id = '']) => id);
    expect(ids.length).toBeGreaterThan(2);
    expect(ids.filter((id) => !script.includes(id))).toEqual([]);
  });

  test('one permission on Graph is granted, chosen by the version', () => {
    const text = texts['graph-grant.bicep'];
    if (text === undefined) return;
    expect(text.match(/DeviceManagement\w+\.ReadWrite\.All": "[\da-f-]{36}"/g)).toHaveLength(2);
    expect(text).not.toContain('Read.All"');
    expect(text.match(/"resourceId": "\[reference\('graph'/g)).toHaveLength(1);
  });

  test('a registration that is deployed again without an address of its connector keeps the one that it has', () => {
    const text = texts['entra-application.bicep'];
    if (text === undefined) return;
    const { resources } = JSON.parse(text) as { resources: Record<string, { condition?: string; properties: object }> };
    const connectors = Object.values(resources).filter(({ condition }) => condition !== undefined);
    expect(connectors.map(({ condition, properties }) => [condition, 'web' in properties])).toEqual([
      ["[empty(parameters('connectorRedirectUri'))]", false],
      ["[not(empty(parameters('connectorRedirectUri')))]", true],
    ]);
  });

  test('the Azure CLI may ask for tokens only where that is asked for, and an environment has a registration of its own', () => {
    const text = texts['entra-application.bicep'];
    if (text === undefined) return;
    const { parameters } = JSON.parse(text) as { parameters: Record<string, { defaultValue?: unknown }> };
    expect(parameters).toMatchObject({ allowAzureCli: { defaultValue: false } });
    expect(parameters.name).not.toHaveProperty('defaultValue');
    expect(text).toMatch(/if\(parameters\('allowAzureCli'\), createObject\('preAuthorizedApplications'/);
  });

  const good = "param name = 'model-performance'\nparam apiClientId = '00000000-0000-0000-0000-000000000000'\n";
  const bad = [
    { what: 'no name', text: good.replace(/^param name.*\n/, ''), says: /name/ },
    { what: 'a name that is too short', text: good.replace("'model-performance'", "'abc'"), says: /BCP332|BCP333/ },
    { what: 'no client id', text: "param name = 'model'\n", says: /apiClientId/ },
    { what: 'a client id that is none', text: good.replace(/'0{8}.*'/, "'api'"), says: /BCP332|BCP333/ },
    { what: 'a cloud that nobody knows', text: `${good}param graphCloud = 'moon'\n`, says: /global/ },
    { what: 'a version that is none', text: `${good}param graphApiVersion = 'v2.0'\n`, says: /beta/ },
    { what: 'no instance', text: `${good}param maximumInstances = 0\n`, says: /BCP328.* 1\b/ },
    { what: 'memory that is not sold', text: `${good}param instanceMemoryMB = 1024\n`, says: /2048/ },
    { what: 'more writes than Intune takes', text: `${good}param bulkWritesPer20Seconds = 401\n`, says: /400/ },
    { what: 'a retention that is not sold', text: `${good}param retentionDays = 45\n`, says: /30 \|.*730/ },
    { what: 'no place to ask from', text: `${good}param availabilityLocations = []\n`, says: /BCP333/ },
    { what: 'more than all traces', text: `${good}param samplingPercent = 101\n`, says: /100/ },
    { what: 'telemetry that is kept for a day', text: `${good}param retentionDays = 1\n`, says: /30/ },
    { what: 'a caller that is none', text: `${good}param allowedClientIds = ['system']\n`, says: /BCP332|BCP333/ },
    { what: 'a misspelt parameter', text: `${good}param nmae = 'x'\n`, says: /nmae/ },
  ];
  describe('bad parameters are refused', () => {
    const fileOf = (what: string) => `bad-${what.replaceAll(' ', '-')}.bicepparam`;
    /** One run of the compiler for all: each start of it takes seconds. */
    let said = '';
    beforeAll(async () => {
      for (const { what, text } of bad) writeFileSync(join(folder, fileOf(what)), `using 'main.bicep'\n${text}`);
      writeFileSync(join(folder, fileOf('nothing')), `using 'main.bicep'\n${good}`);
      said = (await bicep(path, ['build-params', '--pattern', fileOf('*')], folder)).err;
    });
    const errorsOf = (what: string) => said.split('\n').filter((line) => line.includes(`/${fileOf(what)}(`));

    test.each(bad)('$what', ({ what, says }) => {
      expect(errorsOf(what).join('\n')).toMatch(says);
    });

    test('good ones are taken', () => {
      expect(said).not.toBe('');
      expect(errorsOf('nothing')).toEqual([]);
    });
  });

  const snapshotOf = async (file: string, text: string, environment: Record<string, string> = {}) => {
    writeFileSync(join(folder, file), text);
    const { status, err } = await bicep(
      path,
      ['snapshot', file, '--mode', 'overwrite', ...somewhere],
      folder,
      environment,
    );
    const made = join(folder, file.replace('.bicepparam', '.snapshot.json'));
    return { status, err, made: status === 0 ? (JSON.parse(readFileSync(made, 'utf8')) as Snapshot) : undefined };
  };

  test.each([
    { needs: 'allowedClientIds', text: 'param authenticationInFront = true' },
    { needs: 'privateNetworking', text: 'param privateInbound = true' },
  ])('what needs $needs is refused without', async ({ needs, text }) => {
    const { status, err } = await snapshotOf(`without-${needs}.bicepparam`, `using 'main.bicep'\n${good}${text}\n`);
    expect(status).not.toBe(0);
    expect(err).toContain(needs);
  });

  describe('what azd env set chooses', () => {
    const apiClientId = '00000000-0000-4000-8000-000000000001';

    test('everything at once', async () => {
      const text = "using 'main.bicep'\nextends 'main.prod.bicepparam'\n";
      const { err, made } = await snapshotOf('chosen.bicepparam', text, {
        ENTRA_API_CLIENT_ID: apiClientId,
        AZURE_ENV_NAME: 'Prod.EU_(1)',
        GRAPH_CLOUD: 'usgov',
        GRAPH_VERSION: 'v1.0',
        VALIDATION: 'documented',
        AUDIT_FROM: 'none',
        PUBLIC_BASE_URL: 'https://models.example.com',
        CORS_ORIGINS: 'https://a.example,https://b.example',
        ENTRA_ALLOWED_CLIENT_IDS: `${apiClientId},00000000-0000-4000-8000-000000000002`,
        AUTHENTICATION_IN_FRONT: 'true',
        MAXIMUM_INSTANCES: '1',
        INSTANCE_MEMORY_MB: '512',
        CALLS_PER_INSTANCE: '4',
        ALWAYS_READY: '2',
        ALWAYS_READY_JOBS: '1',
        ROLLING_UPDATES: 'true',
        ZONE_REDUNDANT: 'true',
        ALLOWED_RANGES: '203.0.113.0/24,198.51.100.7/32',
        BULK_WRITES_PER_20_S: '160',
        BULK_CHUNKS_AT_ONCE: '16',
        JOB_RETENTION_DAYS: '7',
        RETENTION_DAYS: '120',
        TELEMETRY_SAMPLING_PERCENT: '10',
        ALERT_EMAIL: 'operator@example.com',
        ACTION_GROUP_IDS: '/subscriptions/x/resourceGroups/y/providers/Microsoft.Insights/actionGroups/z',
        AVAILABILITY_LOCATIONS: 'usgov-va-azr,usgov-phx-azr,usgov-tx-azr',
      });
      expect(err).toBe('');
      const of = (type: string) => (made?.predictedResources ?? []).filter((one) => one.type === `Microsoft.${type}`);
      const [site] = of('Web/sites');
      // Another environment in the same resource group: no name is the same.
      const names = (resources: readonly Resource[]) =>
        resources.filter(({ type }) => /\/(sites|storageAccounts|workspaces)$/.test(type)).map(({ name }) => name);
      const taken = names(snapshots.prod.predictedResources);
      expect(
        names([...of('Web/sites'), ...of('Storage/storageAccounts')]).filter((name) => taken.includes(name)),
      ).toEqual([]);
      expect(site).toMatchObject({
        name: expect.stringMatching(/^mp-prod-eu--1--[a-z\d]{13}$/),
        tags: { 'azd-env-name': 'Prod.EU_(1)' },
        properties: {
          functionAppConfig: {
            siteUpdateStrategy: { type: 'RollingUpdate' },
            scaleAndConcurrency: {
              maximumInstanceCount: 1,
              instanceMemoryMB: 512,
              triggers: { http: { perInstanceConcurrency: 4 } },
              alwaysReady: [
                { name: 'http', instanceCount: 2 },
                { name: `function:${jobFunctions.run}`, instanceCount: 1 },
              ],
            },
          },
          siteConfig: {
            cors: { allowedOrigins: ['https://a.example', 'https://b.example'] },
            ipSecurityRestrictionsDefaultAction: 'Deny',
            scmIpSecurityRestrictionsUseMain: false,
            ipSecurityRestrictions: [
              { ipAddress: '203.0.113.0/24', action: 'Allow', tag: 'Default' },
              { ipAddress: '198.51.100.7/32', action: 'Allow', tag: 'Default' },
              { ipAddress: 'ApplicationInsightsAvailability', action: 'Allow', tag: 'ServiceTag' },
            ],
            appSettings: expect.arrayContaining([
              { name: 'GRAPH_CLOUD', value: 'usgov' },
              { name: 'GRAPH_VERSION', value: 'v1.0' },
              { name: 'VALIDATION', value: 'documented' },
              { name: 'AUDIT_FROM', value: 'none' },
              { name: 'PUBLIC_BASE_URL', value: 'https://models.example.com' },
              { name: 'ENTRA_ALLOWED_CLIENT_IDS', value: `${apiClientId},00000000-0000-4000-8000-000000000002` },
              { name: 'BULK_WRITES_PER_20_S', value: '160' },
              { name: 'BULK_CHUNKS_AT_ONCE', value: '16' },
              { name: 'JOB_RETENTION_DAYS', value: '7' },
              { name: 'TELEMETRY_SAMPLING_PERCENT', value: '10' },
            ]),
          },
        },
      });
      expect(of('Web/serverfarms')).toMatchObject([{ properties: { zoneRedundant: true } }]);
      expect(of('OperationalInsights/workspaces')).toMatchObject([{ properties: { retentionInDays: 120 } }]);
      expect(of('Web/sites/config')).toHaveLength(1);
      const [group] = of('Insights/actionGroups');
      expect(group?.properties).toMatchObject({ emailReceivers: [{ emailAddress: 'operator@example.com' }] });
      for (const { properties } of of('Insights/scheduledQueryRules'))
        expect(properties).toMatchObject({
          actions: {
            actionGroups: [expect.stringContaining(group?.name ?? ''), expect.stringMatching(/actionGroups\/z$/)],
          },
        });
      expect(of('Insights/webtests')[0]?.properties).toMatchObject({ Locations: [{}, {}, { Id: 'usgov-tx-azr' }] });
      expect(of('Insights/metricAlerts')[0]?.properties).toMatchObject({ criteria: { failedLocationCount: 1 } });
    });

    test('what is wrong is told at once, before anything is deployed', async () => {
      const environment = { MAXIMUM_INSTANCES: '1001', RETENTION_DAYS: '31', PRIVATE_NETWORKING: 'yes' };
      const { status, err } = await bicep(
        path,
        ['build-params', 'main.prod.bicepparam', '--stdout'],
        folder,
        environment,
      );
      expect(status).not.toBe(0);
      expect(err).toMatch(/azd env set ENTRA_API_CLIENT_ID <client id>.*azd env set ENTRA_GRANTS script/);
      for (const says of ['1000', '730', 'privateNetworking']) expect(err).toContain(says);
    });
  });
});
