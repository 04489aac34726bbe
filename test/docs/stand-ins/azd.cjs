// An azd for the documents: environments in the file AZD_STATE, and `up`, which runs the hooks of azure.yaml as azd does and makes what the
// templates would: outputs that name the test's own system. What a hook says is shown when it is interactive or fails.
const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

const { AZD_STATE: file = '', SYSTEM_URL: address = '' } = process.env;
const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
const set = (more) => writeFileSync(file, JSON.stringify({ ...read(), ...more }));

function hook(wanted) {
  const hooks = readFileSync('azure.yaml', 'utf8').matchAll(
    /^ {2}(\w+):\n {4}shell: sh\n {4}run: (\S+)\n( {4}interactive: true)?/gm,
  );
  const [, , run, interactive] = [...hooks].find(([, name]) => name === wanted) ?? [];
  const { status, stdout, stderr } = spawnSync('bash', [run], { encoding: 'utf8', env: { ...process.env, ...read() } });
  if (interactive) process.stdout.write(stdout);
  if (interactive || status !== 0) process.stderr.write(stderr);
  if (status !== 0) process.exit(status ?? 1);
}

function provision() {
  hook('preprovision');
  const { ENTRA_API_CLIENT_ID, AZURE_SUBSCRIPTION_ID, ALERT_EMAIL } = read();
  if (!ENTRA_API_CLIENT_ID) throw new Error('The templates need ENTRA_API_CLIENT_ID.');
  set({
    address,
    identityClientId: '10000000-0000-4000-8000-000000000002',
    identityPrincipalId: 'identity',
    storageId: `/subscriptions/${AZURE_SUBSCRIPTION_ID}/resourceGroups/models/providers/Microsoft.Storage/storageAccounts/st`,
    alertsTell: ALERT_EMAIL ?? 'nobody',
  });
  hook('postprovision');
}

/** @returns whether the command is one of those that do something here */
exports.azd = ([first, second, name, value]) => {
  const command = [first, ...(first === 'env' || first === 'hooks' ? [second] : [])].join(' ');
  const acts = {
    'env new': () => set({ AZURE_ENV_NAME: name }),
    'env set': () => set({ [name]: value }),
    'env get-values': () => process.stdout.write(JSON.stringify(read())),
    'hooks run': () => hook(name),
    provision,
    deploy: () => hook('predeploy'),
    up: () => {
      provision();
      hook('predeploy');
    },
  };
  acts[command]?.();
  return command in acts;
};
