import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { settings } from '../../src/settings.js';
import { kinds, of, one, snapshots } from './snapshots.js';

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

const places = ['emea-nl-ams-azr', 'emea-gb-db3-azr', 'us-va-ash-azr', 'us-ca-sjc-azr', 'apac-sg-sin-azr'];
test.each(['dev', 'prod'] as const)(
  'readiness is asked from five places, and an alert follows at three (%s)',
  (kind) => {
    expect(one(kind, 'Insights/webtests').properties).toMatchObject({
      Locations: places.map((Id) => ({ Id })),
      Request: { RequestUrl: expect.stringContaining('/api/health/ready') },
    });
    expect(one(kind, 'Insights/metricAlerts').properties).toMatchObject({
      severity: 1,
      enabled: true,
      criteria: { failedLocationCount: 3 },
    });
  },
);

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
