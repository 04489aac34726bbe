import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { bicep, findCompiler } from '../../tools/infra/compiler.js';
import { copyTemplates, deployments, graphDeployments, somewhere } from '../../tools/infra/templates.js';
import { jobFunctions, registeredOf } from '../../src/register.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { snapshots, type Resource, type Snapshot } from './snapshots.js';

const registered = registeredOf(modelPerformance);

jest.setTimeout(120_000);

const compiler = findCompiler();
if (compiler === undefined)
  process.stderr.write(
    'There is no Bicep compiler: the templates were not compiled. npm run infra:check restores one.\n',
  );

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
    { what: 'no name', text: good.replace(/^param name.*\n/, ''), message: /name/ },
    { what: 'a name that is too short', text: good.replace("'model-performance'", "'abc'"), message: /BCP332|BCP333/ },
    { what: 'no client id', text: "param name = 'model'\n", message: /apiClientId/ },
    { what: 'a client id that is none', text: good.replace(/'0{8}.*'/, "'api'"), message: /BCP332|BCP333/ },
    { what: 'a cloud that nobody knows', text: `${good}param graphCloud = 'moon'\n`, message: /global/ },
    { what: 'a version that is none', text: `${good}param graphApiVersion = 'v2.0'\n`, message: /beta/ },
    { what: 'no instance', text: `${good}param maximumInstances = 0\n`, message: /BCP328.* 1\b/ },
    { what: 'memory that is not sold', text: `${good}param instanceMemoryMB = 1024\n`, message: /2048/ },
    { what: 'more writes than Intune takes', text: `${good}param bulkWritesPer20Seconds = 401\n`, message: /400/ },
    { what: 'a retention that is not sold', text: `${good}param retentionDays = 45\n`, message: /30 \|.*730/ },
    { what: 'no place to ask from', text: `${good}param availabilityLocations = []\n`, message: /BCP333/ },
    { what: 'more than all traces', text: `${good}param samplingPercent = 101\n`, message: /100/ },
    { what: 'telemetry that is kept for a day', text: `${good}param retentionDays = 1\n`, message: /30/ },
    { what: 'a caller that is none', text: `${good}param allowedClientIds = ['system']\n`, message: /BCP332|BCP333/ },
    { what: 'a misspelt parameter', text: `${good}param nmae = 'x'\n`, message: /nmae/ },
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

    test.each(bad)('$what', ({ what, message }) => {
      expect(errorsOf(what).join('\n')).toMatch(message);
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
      for (const message of ['1000', '730', 'privateNetworking']) expect(err).toContain(message);
    });
  });
});
