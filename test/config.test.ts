import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { misspeltSettings, readConfig } from '../src/config.js';
import { settings } from '../src/settings.js';

const good = {
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  MANAGED_IDENTITY_CLIENT_ID: 'e1a7c0de-0000-4000-a000-0000000000c1',
  ENTRA_TENANT_ID: 'E1A7C0DE-0000-4000-A000-00000000DA7A',
  ENTRA_API_CLIENT_ID: 'e1a7c0de-0000-4000-a000-0000000000a1',
};
const refusal = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('the sample holds every setting of ours, and nothing but those and the platform’s', () => {
  const { Values } = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
    Values: Record<string, string>;
  };
  const platform = ['AZURE_FUNCTIONS_ENVIRONMENT', 'FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];
  expect(Object.keys(Values).sort()).toEqual([...platform, ...Object.keys(settings)].sort());
  expect(() => readConfig(Values)).not.toThrow();
});

test('defaults', () => {
  expect(readConfig(good)).toMatchObject({
    graph: { root: 'https://graph.microsoft.com', version: 'beta', scope: 'https://graph.microsoft.com/.default' },
    entra: {
      root: 'https://login.microsoftonline.com',
      tenantId: 'e1a7c0de-0000-4000-a000-00000000da7a',
      audience: good.ENTRA_API_CLIENT_ID,
      allowedClientIds: [],
      signingKeys: { timeoutMs: 5_000, cooldownMs: 30_000, refreshMs: 3_600_000, staleMs: 86_400_000 },
    },
    limits: { deadlineMs: 60_000, attemptMs: 35_000, maxAttempts: 3 },
  });
});

test('F37 all mistakes at once, with an example each and without the values', () => {
  const message = refusal({
    ...good,
    GRAPH_CLOUD: 'SECRET-VALUE',
    MAX_ATTEMPTS: 'many',
    MANAGED_IDENTITY_CLIENT_ID: '',
    ENTRA_TENANT_ID: 'common',
    ENTRA_ROOT: 'http://login.example',
  });
  for (const name of ['GRAPH_CLOUD', 'MAX_ATTEMPTS', 'MANAGED_IDENTITY_CLIENT_ID', 'ENTRA_TENANT_ID', 'ENTRA_ROOT'])
    expect(message).toContain(`- ${name} `);
  expect(message).toContain('Example: GRAPH_CLOUD=global');
  expect(message).not.toContain('SECRET-VALUE');
});

describe('APPLICATIONINSIGHTS_CONNECTION_STRING', () => {
  const key = 'InstrumentationKey=00000000-0000-0000-0000-00000000000a';
  const read = (text: string) => readConfig({ ...good, APPLICATIONINSIGHTS_CONNECTION_STRING: text }).telemetry;

  test.each([
    key,
    `${key};IngestionEndpoint=https://x.example/`,
    `LiveEndpoint=https://x.example/;${key};ApplicationId=a`,
  ])('%s is taken', (text) => {
    expect(read(text).connectionString).toBe(text);
  });
  test.each([
    'SECRET',
    'IngestionEndpoint=https://x.example/',
    `${key};`,
    `${key};SECRET`,
    `${key}0`,
    `${key};Value=SECRET=SECRET`,
    `${key};IngestionEndpoint=http://SECRET.example/`,
    `Other${key}`,
  ])('%s is refused, and not repeated', (text) => {
    const message = refusal({ ...good, APPLICATIONINSIGHTS_CONNECTION_STRING: text });
    expect(message).toContain('- APPLICATIONINSIGHTS_CONNECTION_STRING has a value that cannot be used');
    expect(message).not.toContain('SECRET');
  });
  test('none is no mistake', () => {
    expect(read('').connectionString).toBeUndefined();
  });
});

describe('names that look like a setting', () => {
  test.each([
    ['MAX_ATTEMPS', 'MAX_ATTEMPTS'],
    ['READ_BACK_DELAY_MS', 'READ_BACK_DELAYS_MS'],
    ['Graph_Root', 'GRAPH_ROOT'],
    ['GRAHP_ROOT', 'GRAPH_ROOT'],
    ['ENTRA_TENNANT_ID', 'ENTRA_TENANT_ID'],
  ])('%s: did you mean %s?', (name, meant) => {
    expect(misspeltSettings({ [name]: 'x' })).toEqual([`${name} is not a setting. Did you mean ${meant}?`]);
  });

  test('no other name of the platform or of a machine does', () => {
    const names = [
      'PATH',
      'HOME',
      'WEBSITE_HOSTNAME',
      'FUNCTIONS_WORKER_RUNTIME',
      'GRAPH_TOKEN',
      'AzureWebJobsStorage',
    ];
    const all = [...names, ...Object.keys(settings), ...Object.keys(process.env)];
    expect(misspeltSettings(Object.fromEntries(all.map((name) => [name, ''])))).toEqual([]);
  });
});

test('telemetry is let in by the managed identity only when asked', () => {
  expect(readConfig(good).telemetry).toMatchObject({
    identityClientId: undefined,
    samplingPercent: 100,
    flushMs: 1000,
  });
  const { telemetry } = readConfig({ ...good, TELEMETRY_AUTHENTICATION: 'managed-identity' });
  expect(telemetry.identityClientId).toBe(good.MANAGED_IDENTITY_CLIENT_ID);
});

test('who may call has no default', () => {
  const message = refusal({ ...good, ENTRA_TENANT_ID: '', ENTRA_API_CLIENT_ID: '' });
  expect(message).toContain('- ENTRA_TENANT_ID is missing');
  expect(message).toContain('- ENTRA_API_CLIENT_ID is missing');
});

test.each([
  ['usgov', 'https://graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['usgovdod', 'https://dod-graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['china', 'https://microsoftgraph.chinacloudapi.cn', 'https://login.chinacloudapi.cn'],
])('the cloud %s has a Graph and an Entra ID of its own', (GRAPH_CLOUD, graphRoot, entraRoot) => {
  const { graph, entra } = readConfig({ ...good, GRAPH_CLOUD });
  expect([graph.root, entra.root]).toEqual([graphRoot, entraRoot]);
});

test.each([
  ['JOB_RENEW_MS', { JOB_RENEW_MS: '40000' }, 'JOB_QUIET_MS'],
  ['JOB_QUIET_MS', { JOB_QUIET_MS: '60000' }, 'JOB_LEASE_MS'],
  ['JOB_QUIET_MS', { JOB_LEASE_MS: '20000', JOB_RENEW_MS: '5000' }, 'JOB_LEASE_MS'],
  ['JOB_LEASE_MS', { JOB_HEIR_MS: '60000' }, 'JOB_HEIR_MS'],
  ['JOB_LEASE_MS', { JOB_LOOK_MS: '60000' }, 'JOB_LOOK_MS'],
])('%s in %j is too long for %s', (name, environment, greater) => {
  expect(refusal({ ...good, ...environment })).toContain(`- ${name} must be less than ${greater}.`);
});

test('waits of a job that fit by a millisecond are taken', () => {
  const waits = { JOB_RENEW_MS: '39999', JOB_QUIET_MS: '40000', JOB_HEIR_MS: '60001', JOB_LOOK_MS: '60001' };
  expect(readConfig({ ...good, ...waits }).jobs.limits).toMatchObject({ renewMs: 39_999, lookMs: 60_001 });
});

describe('ENTRA_ALLOWED_CLIENT_IDS', () => {
  const [one, two] = [good.MANAGED_IDENTITY_CLIENT_ID, good.ENTRA_API_CLIENT_ID];
  test.each([one, ` ${one.toUpperCase()} , ${two}`])('%j is taken', (ids) => {
    const { allowedClientIds } = readConfig({ ...good, ENTRA_ALLOWED_CLIENT_IDS: ids }).entra;
    expect(allowedClientIds).toEqual([one, two].slice(0, allowedClientIds.length));
    expect(allowedClientIds).toHaveLength(ids.split(',').length);
  });
  // An empty entry must not end as a list that admits everybody.
  test.each([',', `${one},`, `,${one}`, `${one};${two}`, '*', ' ', `{${one}}`])('%j is refused', (ids) => {
    expect(refusal({ ...good, ENTRA_ALLOWED_CLIENT_IDS: ids })).toContain('ENTRA_ALLOWED_CLIENT_IDS');
  });
});

describe.each([
  ['GRAPH_ROOT', 'graph'],
  ['ENTRA_ROOT', 'entra'],
] as const)('%s', (name, part) => {
  const loopback = ['http://127.0.0.1:7072', 'http://localhost:1', 'http://[::1]:1'];

  test.each([
    'http://graph.example',
    'https://graph.microsoft.com/beta',
    'https://a:b@graph.microsoft.com',
    'http://127.0.0.1.example',
    'ftp://x',
    'x',
  ])('%s is refused', (root) => {
    expect(refusal({ ...good, [name]: root })).toContain(name);
  });
  test.each([...loopback, 'https://graph.microsoft.us'])('%s is taken', (root) => {
    expect(readConfig({ ...good, [name]: root })[part].root).toBe(root);
  });
  test.each(loopback)('%s is refused outside Development', (root) => {
    expect(refusal({ ...good, AZURE_FUNCTIONS_ENVIRONMENT: 'Production', [name]: root })).toContain(`- ${name} `);
  });
});

test('outside Development the same settings start, without plain http', () => {
  expect(() => readConfig({ ...good, AZURE_FUNCTIONS_ENVIRONMENT: 'Production' })).not.toThrow();
});
