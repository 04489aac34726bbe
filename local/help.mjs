// `npm run help`: what there is to run, one line each. What has no line of its own belongs to the name before its colon.
import { readFileSync } from 'node:fs';

const commands = {
  start: 'serve the whole system on this machine (-- --port N, --inspect)',
  dev: 'the same, and restart the host after each good compile',
  token: 'print a token for it (-- --role Read or Write)',
  test: 'run every test; npm test -- test/update.test.ts one file',
  'test:unit': 'run the tests that start no process, in seconds',
  'test:conformance': 'run the black-box tests against any BASE_URL',
  build: 'install and compile what is not up to date',
  package: 'make the deployment package',
  doctor: 'tell what a deployed app lacks',
  typecheck: 'compile everything, tests too, and write nothing',
  lint: 'find what types alone do not',
  format: 'lay out every file',
  'format:check': 'tell which files are laid out otherwise',
  generate: 'make contract, connector and documents from the tables',
  'generate:check': 'tell which of them are stale',
  'connector:check': 'hold the connector against Microsoft’s schemas and rules',
  'infra:check': 'compile the templates, and compare what they deploy with the snapshots',
  'infra:renew': 'write those snapshots anew',
  bulk: 'send a CSV file of updates as a job',
  drift: 'compare the product with what Microsoft publishes now',
  bench: 'measure speed and weight side by side',
  verify: 'run the long proofs, an hour and more',
  help: 'print this list',
};

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
for (const name of Object.keys(scripts))
  console.log(`npm run ${name.padEnd(18)} ${commands[name] ?? commands[name.split(':')[0]]}`);
