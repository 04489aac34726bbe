// The tests that start no process and open no socket: `npm run test:unit`, while one writes.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const all = JSON.parse(readFileSync(join(root, 'jest.config.json'), 'utf8'));

/** What a test imports when it needs more than this process, or a tool that takes its time. */
const heavy =
  /'(node:(child_process|net|http|http2|https|tls)|playwright-core|ajv|prettier|yaml|[./\w]+\/(emulator|system|jobSystem|useSystem|useEmulator|storage|storageProxy|process|rawCall|chromium|tools|world|connector\/\w+))(\.js)?'/;

const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !name.startsWith('infra'))
  .filter((name) => !heavy.test(readFileSync(join(root, 'test', name), 'utf8')));

export default {
  ...all,
  rootDir: root,
  testMatch: tests.map((name) => `<rootDir>/test/${name.replaceAll('\\', '/')}`),
};
