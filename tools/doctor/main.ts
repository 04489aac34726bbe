import { readCommandLine, runCommand } from '../../local/commandLine.js';
import { readPorts } from '../../local/ports.js';
import { whyNoAnswer } from './ask.js';
import { missing, type Finding } from './finding.js';
import { lookAtApp, lookAtReadiness } from './look.js';
import { findToken } from './token.js';

const help = `Tells what a deployed app still lacks, in plain words. It only reads.

  TOKEN=<token> npm run doctor -- https://<app>.azurewebsites.net
  npm run doctor -- https://<app>.azurewebsites.net --api <client id of the API>
  npm run doctor -- --port 7071      what npm start serves

The token is an access token for the API with the role ModelPerformance.Write. It is taken from TOKEN or, with --api, from the Azure CLI
(az account get-access-token). Without one, the doctor tells what everybody may see.

Exit code: 0 nothing is missing, 1 something is, 2 the command line is wrong.
`;

interface Asked {
  /** An origin. */
  readonly app: string;
  readonly api: string | undefined;
}

const readFlags = (): Asked =>
  readCommandLine({
    command: 'npm run doctor --',
    help,
    options: { api: { type: 'string' }, port: { type: 'string' } },
    allowPositionals: true,
    read: ({ api, port }, [address = port === undefined ? '' : `http://127.0.0.1:${readPorts(port).api}`, ...more]) => {
      if (address === '' || more.length > 0)
        throw new Error('Name one address, such as https://<app>.azurewebsites.net.');
      if (api !== undefined && !/^[\da-f-]{36}$/i.test(api))
        throw new Error(
          '--api takes the client id of the API’s registration, such as 00000000-0000-0000-0000-000000000000.',
        );
      return { app: readOrigin(address), api };
    },
  });

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

async function examine({ app, api }: Asked): Promise<Finding[]> {
  const alive = await lookAtApp(app);
  if (!alive.ok) return [alive];
  const found = findToken(api);
  const token = 'token' in found ? found.token : undefined;
  const readiness = await lookAtReadiness(app, token).catch((error: unknown) => [
    missing(`/api/health/ready does not answer: ${whyNoAnswer(error)}`),
  ]);
  return [alive, ...readiness, ...('token' in found ? [] : [found])];
}

async function main(): Promise<void> {
  const findings = await examine(readFlags());
  for (const { ok, says } of findings) process.stdout.write(`${ok ? 'ok      ' : 'missing '} ${says}\n`);
  const count = findings.filter(({ ok }) => !ok).length;
  process.stdout.write(count === 0 ? 'Nothing is missing.\n' : `${count} to mend.\n`);
  process.exitCode = count === 0 ? 0 : 1;
}

runCommand(main);
