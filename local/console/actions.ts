import type { ArmedFault } from '../emulator/armory.js';
import { callers } from '../emulator/constants.js';
import type { Emulator } from '../emulator/emulator.js';
import { faults } from '../emulator/faults.js';

export interface World {
  readonly emulator: Emulator;
  /** Address of the API. */
  readonly apiUrl: string;
}

/** A call of the API that the page asks for. */
interface Wanted {
  readonly role: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What the page can ask for, by method and path; each gets the body, and its answer is JSON. An error is the page's mistake: 400. */
export const actions: Readonly<Record<string, (world: World, body: Record<string, unknown>) => unknown>> = {
  'GET /faults': () =>
    [...faults.values()].map(({ id, says, on, act }) => ({ id, says, on, canBeArmed: act.do !== 'note' })),
  'GET /api': ({ emulator, apiUrl }) => ({ apiUrl, tokens: tokensOf(emulator) }),
  'POST /arm': ({ emulator }, armed) => {
    emulator.arm(armed as unknown as ArmedFault);
  },
  'POST /disarm': ({ emulator }, { fault }) => {
    const others = fault === undefined ? [] : emulator.armed().filter((one) => one.fault !== fault);
    emulator.disarm();
    emulator.arm(others.map(again));
  },
  'POST /reset': ({ emulator }) => {
    emulator.reset();
  },
  'POST /keys': ({ emulator }, { withdrawOld }) =>
    emulator.rotateKeys({ withdrawOld: withdrawOld === true }).then(({ kid }) => ({ kid })),
  'POST /quota': ({ emulator }, limits) => {
    emulator.quota.limit(limits);
  },
  'POST /send': (world, wanted) => send(world, wanted as unknown as Wanted),
};

/** A token of every caller that the emulator knows, by its role. */
export function tokensOf(emulator: Emulator): Record<string, string> {
  return Object.fromEntries(
    Object.values(callers).map(({ clientId, objectId, roles }) => [
      roles.join(' ').replace('ModelPerformance.', ''),
      emulator.issue({ azp: clientId, oid: objectId, sub: objectId, roles }),
    ]),
  );
}

/** What is left of a fault, as it is armed. One for the whole emulator takes no conditions. */
function again({ fault, ...conditions }: ArmedFault): ArmedFault {
  return faults.get(fault)?.act.do === 'refuse' ? { fault } : { fault, ...conditions };
}

/** Calls the API, and nothing else, for the page: the API answers no page of another origin. */
async function send({ emulator, apiUrl }: World, { role, method, path, headers = {}, body }: Wanted): Promise<object> {
  const url = new URL(path, apiUrl);
  if (url.origin !== apiUrl || !url.pathname.startsWith('/api/')) throw new Error('The path must begin with /api/.');
  const token = tokensOf(emulator)[role];
  const startedAt = Date.now();
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: body ?? null,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    tookMs: Date.now() - startedAt,
    headers: Object.fromEntries(answer.headers),
    body: text,
  };
}
