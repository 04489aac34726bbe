import { get, whyNoAnswer } from './ask.js';
import { fine, missing, type Finding } from './finding.js';
import { whyForbidden, whyRefused } from './token.js';

const saysOfStatus: Readonly<Record<number, string>> = {
  401: 'Authentication in front of the app does not let /api/health pass: exclude that path.',
  403: 'The app is stopped, or its network lets nobody in from here.',
  404: 'The app is there, but not its code: deploy the package (azd deploy). If that was done, its start failed: the log stream says why.',
  500: 'Its start failed: the log stream says why.',
  502: 'Its start failed: the log stream says why.',
  503: 'It is just starting, or its start failed: the log stream says why.',
};

/** Whether what answers there is this API. Nothing else of the doctor makes sense before, and no token is sent. */
export async function lookAtApp(app: string): Promise<Finding> {
  let answer;
  try {
    answer = await get(`${app}/api/health/live`);
  } catch (error) {
    return missing(`Nothing answers at ${app}: ${whyNoAnswer(error)}`);
  }
  const { status, body } = answer;
  if (status === 200 && holds(body, 'status', 'live')) return fine(`The app answers at ${app}.`);
  if (holdsCode(body, 'not-configured'))
    return missing(`${app} is not configured: the log stream names every setting that is wrong ("Settings error: …").`);
  const why = saysOfStatus[status] ?? 'It is not this API, or something stands before it.';
  return missing(`${app} answers with status ${status} when asked whether it lives. ${why}`);
}

interface Ready {
  readonly checks?: readonly { name: string; ok: boolean; message: string }[];
  readonly errors?: readonly { code: string; message: string }[];
}

/** What the app says of itself: each check to who may write, else only yes or no. */
export async function lookAtReadiness(app: string, token: string | undefined): Promise<Finding[]> {
  const { status, body } = await get(`${app}/api/health/ready`, token);
  const { checks, errors } = (body ?? {}) as Ready;
  if (checks) return checks.map(({ name, ok, message }) => (ok ? fine : missing)(`${name}: ${message}`));
  if (errors) return errors.map(({ code, message }) => missing(`${code}: ${message}`));
  const ready =
    status === 200 && holds(body, 'status', 'ready')
      ? fine('The app says that updates can succeed.')
      : status === 503
        ? missing('The app says that updates cannot succeed at present; with a token that may write it tells why.')
        : missing(`/api/health/ready answers with status ${status}: something stands before the app.`);
  return token === undefined ? [ready] : [ready, await lookAtToken(app, token)];
}

/** Why the checks were not told: asks for something that only an authorized caller is answered, and that ends before Graph is asked. */
async function lookAtToken(app: string, token: string): Promise<Finding> {
  const { status, body } = await get(`${app}/api/v1/model-performance?limit=0`, token);
  if (status === 503 && holdsCode(body, 'signing-keys-unavailable'))
    return missing(
      'The app cannot read the signing keys of Microsoft Entra ID: check GRAPH_CLOUD, ENTRA_ROOT and its network.',
    );
  if (status === 401) return missing(`The app does not accept the token. ${whyRefused(token)}`);
  return missing(`The token may not write. ${whyForbidden(token)}`);
}

const holds = (body: unknown, name: string, value: string) =>
  (body as Record<string, unknown> | null | undefined)?.[name] === value;
const holdsCode = (body: unknown, code: string) => holds((body as { error?: unknown } | null)?.error, 'code', code);
