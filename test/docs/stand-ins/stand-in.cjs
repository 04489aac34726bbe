// Stands in for the programs of the documents that cannot run here: `stand-in.cjs <program> <arguments>`. What the documents ask of them must
// be spelt as their own documentation spells it; anything else ends with 64. `npm run token` and
// `npm run doctor` are the real ones, on the ports of the test.
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { azd } = require('./azd.cjs');

process.chdir(join(__dirname, '../../..'));
const [program, ...given] = process.argv.slice(2);
const line = [program, ...given].join(' ');
const { scripts, dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

function refuse(why) {
  process.stderr.write(`${line}: ${why}\n`);
  process.exit(64);
}

const value = '(?:\\S+|\\{.*\\})';
/** Commands by their program, as patterns of a whole line; `_` is any one value. */
const spelt = {
  npm: ['npm start', 'npm start -- --port _', 'npm test', 'npm test -- _', 'npm ci'],
  git: ['git clone _', 'git clone _ _', 'git tag _', 'git checkout _', 'git push origin _'],
  azd: ['azd auth login', 'azd provision --preview', 'azd down', 'azd down --purge'],
  func: ['func azure functionapp publish _ --no-build --javascript'],
  pac: [
    'pac auth create --environment _',
    'pac connector create --solution-unique-name _ --api-definition-file _ --api-properties-file _ --icon-file _',
    'pac connector update --connector-id _ --solution-unique-name _ --api-definition-file _ --api-properties-file _ --icon-file _',
    'pac solution export --name _ --path _ --managed',
  ],
  paconn: [
    'paconn login',
    'paconn create --settings _ --secret _',
    'paconn update --settings _ --secret _',
    'paconn validate --settings _',
  ],
  az: [
    'az deployment group create -g _ -f _ -p _ _',
    'az deployment group create -g _ -p _',
    'az deployment group create -g _ -f _ -p _ _ _',
    'az functionapp config appsettings set --name _ --resource-group _ --settings _',
    'az ad app credential list --id _ --query _ -o tsv',
    'az group create --name _ --location _',
    'az role definition create --role-definition _',
    'az login',
  ],
};

function isSpelt() {
  const patterns = (spelt[program] ?? []).map((one) =>
    one
      .split(' ')
      .map((word) => (word === '_' ? value : word.replaceAll('.', '\\.')))
      .join(' '),
  );
  return patterns.some((pattern) => new RegExp(`^${pattern}$`).test(line));
}

function pass(command) {
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  process.exit(status ?? 1);
}

if (program === 'npm' && given[0] === 'run') {
  const [script, ...more] = given.slice(1).filter((one) => one !== '--silent' && one !== '--');
  if (!(script in scripts)) refuse('there is no such script.');
  if (script === 'package') mkdirSync('.local/package', { recursive: true });
  if (script === 'doctor')
    pass(['dist/tools/doctor/main.js', ...more, '--metadata', `${process.env.GRAPH_URL}/beta/$metadata`]);
  if (script === 'bulk') pass(['dist/clients/bulk/main.js', ...more]);
  if (script === 'token') pass(['dist/local/token.js', ...more, '--port', process.env.START_PORT]);
} else if (program === 'npm' && given[0] === 'install') {
  for (const name of given.slice(1))
    if (!(name in { ...dependencies, ...devDependencies })) refuse('no test knows this package.');
} else if (program === 'npx') {
  if (!existsSync(`node_modules/.bin/${given[0]}`)) refuse('no test knows this package.');
} else if (
  program === 'az' &&
  /^account get-access-token --scope \S+\/\.default --query accessToken /.test(given.join(' '))
) {
  pass(['dist/local/token.js', '--port', process.env.START_PORT]);
} else if (!(program === 'azd' && azd(given)) && !isSpelt()) {
  if (program !== 'az') refuse('nobody knows this command: see test/docs/stand-ins.');
  pass(['test/infra/azure-cli/az.cjs', ...given]);
}
