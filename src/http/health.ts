import type { Parts } from '../compose.js';
import type { Check } from '../graph/readiness.js';
import { Problem } from '../problem.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';

/** GET /health/live: this process answers. */
export function live(): Promise<Answer> {
  return Promise.resolve(jsonAnswer({ status: 'live' }));
}

/**
 * GET /health/ready: whether updates can succeed at present. A caller with the Write role also hears of each check what was
 * found and what mends it; everybody else hears no more than yes or no. Storage and telemetry are told of and decide nothing: updates
 * succeed without them.
 * @throws Problem not-ready
 */
export async function ready({ request }: HttpCall, parts: Parts): Promise<Answer> {
  const [deciding, told] = await Promise.all([
    parts.readiness(),
    // Storage is asked, and its libraries loaded, for nobody else.
    parts.authorize(request, 'Write').then(
      () => tellOthers(parts),
      () => undefined,
    ),
  ]);
  const checks = told && [...deciding, ...told];
  if (deciding.every(({ ok }) => ok)) return jsonAnswer({ status: 'ready', ...(checks && { checks }) });
  const errors = checks?.filter(({ ok }) => !ok).map(({ name, message }) => ({ pointer: '', code: name, message }));
  throw new Problem('not-ready', 'not-applied', { retryAfterSeconds: 5, ...(errors && { errors }) });
}

/** What updates succeed without. */
async function tellOthers({ storageCheck, telemetry }: Parts): Promise<Check[]> {
  const sending = tellSending(telemetry);
  return storageCheck ? [await storageCheck(), sending] : [sending];
}

const ingestion =
  'Look at APPLICATIONINSIGHTS_CONNECTION_STRING; with TELEMETRY_AUTHENTICATION=managed-identity also at the role Monitoring Metrics Publisher of the managed identity.';

const sendings: Readonly<Record<ReturnType<Telemetry['sending']>, Omit<Check, 'name'>>> = {
  off: { ok: true, message: 'There is no telemetry: APPLICATIONINSIGHTS_CONNECTION_STRING is not set.' },
  'not yet': { ok: true, message: 'Nothing was sent yet.' },
  delivered: { ok: true, message: 'Application Insights took the last records.' },
  waiting: { ok: false, message: `Application Insights does not take records at present, and they wait. ${ingestion}` },
  refused: { ok: false, message: `Application Insights refused records. ${ingestion}` },
  ended: { ok: false, message: `The telemetry thread has ended; another one follows within a minute. ${ingestion}` },
};

function tellSending({ sending, dropped }: Telemetry): Check {
  const { ok, message } = sendings[sending()];
  const lost = dropped();
  return { name: 'telemetry', ok, message: lost === 0 ? message : `${message} Records lost since the start: ${lost}.` };
}
