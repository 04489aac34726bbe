import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readConfig, settings } from '../src/config.js';

const good = {
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  MANAGED_IDENTITY_CLIENT_ID: 'e1a7c0de-0000-4000-a000-0000000000c1',
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
  const platform = ['AZURE_FUNCTIONS_ENVIRONMENT', 'FUNCTIONS_WORKER_RUNTIME'];
  expect(Object.keys(Values).sort()).toEqual([...platform, ...Object.keys(settings)].sort());
  expect(() => readConfig(Values)).not.toThrow();
});

test('defaults', () => {
  expect(readConfig(good)).toMatchObject({
    graph: { root: 'https://graph.microsoft.com', version: 'beta', scope: 'https://graph.microsoft.com/.default' },
    limits: { deadlineMs: 60_000, attemptMs: 35_000, maxAttempts: 3 },
  });
});

test('all mistakes at once, with an example each and without the values', () => {
  const message = refusal({
    ...good,
    GRAPH_CLOUD: 'SECRET-VALUE',
    MAX_ATTEMPTS: 'many',
    MANAGED_IDENTITY_CLIENT_ID: '',
  });
  for (const name of ['GRAPH_CLOUD', 'MAX_ATTEMPTS', 'MANAGED_IDENTITY_CLIENT_ID'])
    expect(message).toContain(`- ${name} `);
  expect(message).toContain('Example: GRAPH_CLOUD=global');
  expect(message).not.toContain('SECRET-VALUE');
});

test('only Development starts', () => {
  expect(refusal({ ...good, AZURE_FUNCTIONS_ENVIRONMENT: 'Production' })).toContain(
    'AZURE_FUNCTIONS_ENVIRONMENT must be Development',
  );
});

describe('GRAPH_ROOT', () => {
  test.each([
    'http://graph.example',
    'https://graph.microsoft.com/beta',
    'https://a:b@graph.microsoft.com',
    'ftp://x',
    'x',
  ])('%s is refused', (root) => {
    expect(refusal({ ...good, GRAPH_ROOT: root })).toContain('GRAPH_ROOT');
  });
  test.each(['http://127.0.0.1:7072', 'http://localhost:1', 'http://[::1]:1', 'https://graph.microsoft.us'])(
    '%s is taken',
    (root) => {
      expect(readConfig({ ...good, GRAPH_ROOT: root }).graph.root).toBe(root);
    },
  );
});
