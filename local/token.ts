import { readCommandLine, runCommand, Stop } from './commandLine.js';
import { apiClientId, callers, tenantId } from './emulator/constants.js';
import { portOption, readPorts } from './ports.js';

const help = `Prints an access token for the API that npm start serves; it lives for an hour.

  npm run token -- --role Write
  TOKEN=$(npm run --silent token -- --role Read)

  --role  Read, Write or Operate, the application role in the token; Write by default
  --port  the one that npm start was given; ${portOption.default} by default
`;

const callerOf = { Read: callers.read, Write: callers.write, Operate: callers.operate };

const readFlags = () =>
  readCommandLine({
    command: 'npm run token --',
    help,
    options: { role: { type: 'string', default: 'Write' }, port: portOption },
    read: ({ role, port }) => {
      if (role !== 'Read' && role !== 'Write' && role !== 'Operate')
        throw new Error('--role is Read, Write or Operate.');
      return { role, port: readPorts(port).identity } as const;
    },
  });

/** Client credentials (RFC 6749 §4.4), as every application gets its token. */
async function main(): Promise<void> {
  const { role, port } = readFlags();
  const root = `http://127.0.0.1:${port}`;
  const { clientId, secret } = callerOf[role];
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: secret,
    scope: `${apiClientId}/.default`,
  });
  const signal = AbortSignal.timeout(10_000);
  const address = `${root}/${tenantId}/oauth2/v2.0/token`;
  const answer = await fetch(address, { method: 'POST', body, signal }).catch(() => undefined);
  if (answer === undefined) throw new Stop(`Nothing answers at ${root}. Run npm start in another terminal first.`);
  const content = (await answer.json().catch(() => ({}))) as { access_token?: unknown };
  if (typeof content.access_token !== 'string')
    throw new Stop(`What answers at ${root} is not the emulated Entra ID (status ${answer.status}).`);
  process.stdout.write(`${content.access_token}\n`);
}

runCommand(main);
