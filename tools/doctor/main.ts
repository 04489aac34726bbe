import { readCommandLine, runCommand } from '../../local/commandLine.js';
import { readPorts } from '../../local/ports.js';
import { clouds } from '../../src/settings.js';
import { whyNoAnswer } from './ask.js';
import { lookAtDrift } from './drift.js';
import { fine, missing, type Finding } from './finding.js';
import { lookAtApp, lookAtReadiness } from './look.js';
import { ask, readAzdEnvironment } from './programs.js';
import { lookAtRegistration } from './registration.js';
import { lookAtSubscription } from './subscription.js';
import { findToken } from './token.js';

const help = `Tells what a deployed app still lacks, or before there is one what its deployment will need, in plain words. It only reads.

  npm run doctor                                                  takes all it needs from the azd environment
  TOKEN=<token> npm run doctor -- https://<app>.azurewebsites.net
  npm run doctor -- https://<app>.azurewebsites.net --api <client id of the API>
  npm run doctor -- --port 7071      what npm start serves

The token is an access token for the API with the role ModelPerformance.Write. It is taken from TOKEN or, when the API is known, from the
Azure CLI (az account get-access-token). Without one, the doctor tells what everybody may see.

  --metadata  address or file of Graph's metadata, which is compared with what this API knows; by default that of GRAPH_VERSION

Exit code: 0 nothing is missing, 1 something is, 2 the command line is wrong.
`;

interface Asked {
  /** An origin; undefined before there is a deployment. */
  readonly app: string | undefined;
  readonly api: string | undefined;
  readonly metadata: string;
  /** Of the azd environment that the app is of; empty when it is not known. */
  readonly values: Readonly<Record<string, string>>;
}

const readFlags = (): Asked =>
  readCommandLine({
    command: 'npm run doctor --',
    help,
    options: { api: { type: 'string' }, metadata: { type: 'string' }, port: { type: 'string' } },
    allowPositionals: true,
    read: (given, [address = given.port === undefined ? undefined : localAddress(given.port), ...more]) => {
      if (more.length > 0) throw new Error('Name one address, such as https://<app>.azurewebsites.net.');
      if (given.api !== undefined && !/^[\da-f-]{36}$/i.test(given.api))
        throw new Error(
          '--api takes the client id of the API’s registration, such as 00000000-0000-0000-0000-000000000000.',
        );
      const chosen = readAzdEnvironment();
      if (address === undefined && chosen === undefined)
        throw new Error('Name one address, such as https://<app>.azurewebsites.net, or choose an environment of azd.');
      const app = address === undefined ? chosen?.address : readOrigin(address);
      const values = chosen?.address === app ? (chosen ?? {}) : {};
      const { GRAPH_CLOUD = 'global', GRAPH_VERSION = 'beta', ENTRA_API_CLIENT_ID } = values;
      const { graph } = GRAPH_CLOUD in clouds ? clouds[GRAPH_CLOUD as keyof typeof clouds] : clouds.global;
      const { api = ENTRA_API_CLIENT_ID, metadata = `${graph}/${GRAPH_VERSION}/$metadata` } = given;
      return { app, api, metadata, values };
    },
  });

/** Where `npm start` with this `--port` serves. */
const localAddress = (port: string) => `http://127.0.0.1:${readPorts(port).api}`;

/** The app's origin. A token goes there: plain http only to this machine. */
function readOrigin(address: string): string {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address))
    throw new Error('The address begins with https://, such as https://<app>.azurewebsites.net.');
  const { origin, protocol, hostname, pathname, search, hash, username, password } = new URL(address);
  if (!/^(\/api)?\/?$/.test(pathname) || search + hash + username + password !== '')
    throw new Error('The address is that of the app alone, without a path: https://<app>.azurewebsites.net.');
  if (protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
    throw new Error('The address must be https: a token would travel in plain text.');
  return origin;
}

async function examine({ app, api, metadata, values }: Asked): Promise<Finding[]> {
  if (app === undefined) return [...lookAtSubscription(values), ...(await lookAtDrift(metadata))];
  const alive = await lookAtApp(app);
  if (alive.found !== 'ok') return [alive];
  const found = findToken(api);
  const token = 'token' in found ? found.token : undefined;
  const readiness = await lookAtReadiness(app, token).catch((error: unknown) => [
    missing(`/api/health/ready does not answer: ${whyNoAnswer(error)}`),
  ]);
  return [
    alive,
    ...readiness,
    ...('token' in found ? [] : [found]),
    ...(api === undefined ? [] : [lookAtRegistration(api)]),
    ...lookAtAlerts(values),
    ...(await lookAtDrift(metadata)),
  ];
}

function lookAtAlerts({ alertsTell }: Readonly<Record<string, string>>): Finding[] {
  if (alertsTell === undefined) return [];
  return alertsTell === 'nobody'
    ? [missing('Alerts tell nobody: azd env set ALERT_EMAIL <address>, then azd provision.')]
    : [fine(`Alerts tell ${alertsTell}.`)];
}

/** What the deployment said at its end, once more: the command for the grants. */
function whatToGrant({ values }: Asked): string {
  const said = ask('bash', ['-c', 'infra/scripts/after-provision.sh --print 2>&1'], { ...values, alertsTell: '' });
  return 'out' in said ? `${said.out}\n` : '';
}

async function main(): Promise<void> {
  const asked = readFlags();
  const findings = await examine(asked);
  for (const { found, message } of findings) process.stdout.write(`${found.padEnd(8)} ${message}\n`);
  const lacks = findings.filter(({ found }) => found === 'missing');
  if (
    asked.values.identityClientId !== undefined &&
    lacks.some(({ message }) => /^permission:|may not write/.test(message))
  )
    process.stdout.write(whatToGrant(asked));
  process.stdout.write(lacks.length === 0 ? 'Nothing is missing.\n' : `${lacks.length} to mend.\n`);
  if (asked.app === undefined) process.stdout.write('There is no deployment yet: azd up makes it.\n');
  process.exitCode = lacks.length === 0 ? 0 : 1;
}

runCommand(main);
