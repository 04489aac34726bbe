import { parseArgs } from 'node:util';
import { apiClientId, callers, tenantId } from './emulator/constants.js';
import { ports } from './ports.js';

const usage = `Prints an access token for the API that npm start serves; it lives for an hour.

  npm run token -- --role Write
  TOKEN=$(npm run --silent token -- --role Read)

  --role  Read, Write or Operate, the application role in the token; Write by default
  --port  where the emulated Entra ID listens on 127.0.0.1; ${ports.identity} by default
`;

const callerOf = { Read: callers.read, Write: callers.write, Operate: callers.operate };

/** An end that needs one line, and the exit code that goes with it. */
class Stop extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

function readFlags(): { role: keyof typeof callerOf; port: string } {
  const wrong = (why: string) => new Stop(`${why} See npm run token -- --help.`, 2);
  let values;
  try {
    ({ values } = parseArgs({
      options: { help: { type: 'boolean' }, role: { type: 'string' }, port: { type: 'string' } },
    }));
  } catch (error) {
    throw wrong(error instanceof Error ? error.message.replace(/\s+/g, ' ') : '');
  }
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const { role = 'Write', port = String(ports.identity) } = values;
  if (role !== 'Read' && role !== 'Write' && role !== 'Operate') throw wrong('--role is Read, Write or Operate.');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw wrong('--port takes a number up to 65535.');
  return { role, port };
}

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
  if (answer === undefined) throw new Stop(`Nothing answers at ${root}. Run npm start in another terminal first.`, 1);
  const content = (await answer.json().catch(() => ({}))) as { access_token?: unknown };
  if (typeof content.access_token !== 'string')
    throw new Stop(`What answers at ${root} is not the emulated Entra ID (status ${answer.status}).`, 1);
  process.stdout.write(`${content.access_token}\n`);
}

main().catch((error: unknown) => {
  if (!(error instanceof Stop)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
});
