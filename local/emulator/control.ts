import { isStranger } from '../sameOrigin.js';
import { readArmedFaults, type ArmedFault } from './armory.js';
import { json, type Answer, type Call } from './exchange.js';
import { faults } from './faults.js';
import type { Envelope } from './ingestion.js';
import type { Model } from './models.js';
import type { Quota, QuotaLimits } from './quota.js';
import type { RecordedRequest } from './record.js';

/** What can be asked of a running emulator, in process and over HTTP alike. */
export interface Controls {
  readonly arm: (armed: ArmedFault | readonly ArmedFault[]) => void;
  readonly armed: () => ArmedFault[];
  readonly disarm: () => void;
  readonly reset: () => void;
  readonly requests: () => RecordedRequest[];
  readonly models: () => Model[];
  readonly rotateKeys: (options?: { withdrawOld?: boolean }) => Promise<{ readonly kid: string }>;
  readonly envelopes: (name?: string) => Envelope[];
  /** Of the server that these addresses are on. */
  readonly url: () => string;
  readonly quota: Pick<Quota, 'limits' | 'limit' | 'counts'>;
}

export const isControl = (path: string): boolean => path.startsWith('/__');

/**
 * The emulator's own addresses: `/__faults` (GET the table and what is armed, POST one or a list, DELETE), `/__reset`
 * (POST), `/__requests`, `/__models` and `/__envelopes` (GET; `?name=Event` for one kind of telemetry), `/__keys` (POST: a new key signs
 * from now on; `?withdrawOld` withdraws the others), `/__quota` (GET limits and counts; PUT other limits, `{}` for none).
 * A bad body is a 400 that says what is wrong and names the valid ids; pages of other sites get a 403.
 */
export async function answerControl(controls: Controls, call: Call): Promise<Answer> {
  if (isStranger(call.headers, controls.url()))
    return json(403, { error: 'This address is for programs on this machine.' });
  switch (`${call.method} ${call.path}`) {
    case 'GET /__faults':
      return json(200, {
        faults: [...faults.values()].map(({ id, description, on }) => ({ id, on, description })),
        armed: controls.armed(),
      });
    case 'POST /__faults':
      return attempt(() => {
        controls.arm(readArmedFaults(JSON.parse(call.body)).map(({ armed }) => armed));
        return { armed: controls.armed() };
      });
    case 'DELETE /__faults':
      controls.disarm();
      return json(200, { armed: [] });
    case 'POST /__reset':
      controls.reset();
      return json(200, { armed: [], models: controls.models().length });
    case 'GET /__requests':
      return json(200, { requests: controls.requests() });
    case 'GET /__models':
      return json(200, { models: controls.models() });
    case 'POST /__keys': {
      const { kid } = await controls.rotateKeys({ withdrawOld: call.query === 'withdrawOld' });
      return json(200, { kid });
    }
    case 'GET /__quota':
      return json(200, { limits: controls.quota.limits(), counts: controls.quota.counts() });
    case 'PUT /__quota':
      return attempt(() => {
        controls.quota.limit(JSON.parse(call.body) as QuotaLimits);
        return { limits: controls.quota.limits() };
      });
    case 'GET /__envelopes':
      return json(200, { envelopes: controls.envelopes(new URLSearchParams(call.query).get('name') ?? '') });
    default:
      return json(404, {
        error: `There is no ${call.method} ${call.path}. There are GET, POST and DELETE /__faults, POST /__reset, GET /__requests, GET /__models, GET /__envelopes, GET and PUT /__quota and POST /__keys.`,
      });
  }
}

/** What a change answers, or the 400 that says why it was refused. */
function attempt(change: () => object): Answer {
  try {
    return json(200, change());
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}
