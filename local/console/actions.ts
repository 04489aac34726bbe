import type { ArmedFault } from '../emulator/armory.js';
import { faults } from '../emulator/faults.js';
import { send, tokensOf, type Wanted, type World } from './api.js';
import { startJob } from './jobs.js';

/** What the page can ask for, by method and path; each gets the body, and its answer is JSON. An error is the page's mistake: 400. */
export const actions: Readonly<Record<string, (world: World, body: Record<string, unknown>) => unknown>> = {
  'GET /faults': () =>
    [...faults.values()].map(({ id, description, on, act }) => ({
      id,
      description,
      on,
      canBeArmed: act.do !== 'note',
    })),
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
  'POST /job': (world, { rows }) => startJob(world, Number(rows)),
  'POST /send': (world, wanted) => send(world, wanted as unknown as Wanted),
};

/** What is left of a fault, as it is armed. One for the whole emulator takes no conditions. */
function again({ fault, ...conditions }: ArmedFault): ArmedFault {
  return faults.get(fault)?.act.do === 'refuse' ? { fault } : { fault, ...conditions };
}
