import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { problems } from '../../src/problem.js';
import { useSystem } from '../support/useSystem.js';
import { markAll } from './example.js';

// The README shows this example; its types are made from the published contract.
const example = resolve('test/client/example.ts');

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.Node20,
};
const host = ts.createCompilerHost(options);
let earlier: ts.Program | undefined;

/** What the compiler says of the example, or of it with some of its text changed. */
function compile(from = '', to = ''): string[] {
  const text = readFileSync(example, 'utf8');
  expect(text).toContain(from);
  const getSourceFile: ts.CompilerHost['getSourceFile'] = (name, version, ...more) =>
    resolve(name) === example
      ? ts.createSourceFile(name, text.replace(from, to), version)
      : (earlier?.getSourceFile(name) ?? host.getSourceFile(name, version, ...more));
  earlier = ts.createProgram([example], options, { ...host, getSourceFile });
  return ts
    .getPreEmitDiagnostics(earlier)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 200));
}

const system = useSystem({ MAX_ATTEMPTS: '1' });

test('the example compiles', () => {
  expect(compile()).toEqual([]);
});

test.each([
  ['query: { manufacturer }', 'query: { maker: manufacturer }'],
  ["healthStatus: 'meetingGoals'", "healthStatus: 'fine'"],
  ["healthStatus: 'meetingGoals'", "windowsScore: '87.5'"],
  ['path: { id }', 'path: {}'],
  ['error.outcome', 'error.result'],
])('a mistake against the contract does not: %s as %s', (from, to) => {
  expect(compile(from, to)).toHaveLength(1);
});

test.each(['documented', 'strict'])('no body of the contract may be anything (%s)', (validation) => {
  const generator = 'node_modules/openapi-typescript/bin/cli.js';
  const types = execFileSync(process.execPath, [generator, `contract/openapi.${validation}.json`], {
    encoding: 'utf8',
  });
  expect(types).toContain('windowsScore?:');
  expect(types).not.toMatch(/\| unknown/);
});

test('the example does what it says', async () => {
  const dell = () => system.emulator.models().filter(({ manufacturer }) => manufacturer === 'Dell Inc.');
  const [first, ...others] = dell();
  system.emulator.arm({ fault: 'F06', method: 'PATCH', model: first?.id ?? '', times: 'always' });
  expect(others.some(({ healthStatus }) => healthStatus !== 'meetingGoals')).toBe(true);

  const failures = await markAll(`${system.baseUrl}/api`, system.emulator.issue(), 'Dell Inc.');

  const { title, description } = problems['graph-unavailable'];
  expect(failures).toEqual([`${first?.id}: unknown. ${title}. ${description}`]);
  expect(dell()).toEqual([first, ...others.map((model) => ({ ...model, healthStatus: 'meetingGoals' }))]);
  await expect(markAll(`${system.baseUrl}/api`, 'none', 'Dell Inc.')).rejects.toThrow(problems['invalid-token'].title);
});
