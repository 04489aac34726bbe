import type { ModelPerformance } from '../../src/resource/modelPerformance.js';
import type { ArmedFault } from '../../local/emulator/armory.js';
import { strikes } from './strikes.js';

/** One update that is to be sent, and the fault that is armed for its model right before. */
export interface Planned {
  readonly wanted: Partial<ModelPerformance>;
  readonly fault?: Omit<ArmedFault, 'model'>;
}

/** Rows whose wait is shortened to a second, so that it can be waited for; the others' waits are to be refused. */
const waits = /^(F01|F02-future|F03-nested|F03-nested-twice|F06-wait)$/;

const members = ['unknown', 'insufficientData', 'needsAttention', 'meetingGoals'] as const;

/** An endless plan: the same one for the same seed and share of faults. */
export function* plan(seed: number, faultShare: number): Generator<Planned, never> {
  const random = minimalStandard(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
  const score = () => (random() < 0.1 ? -1 : random() * 100);
  for (;;) {
    const every: ModelPerformance = {
      model: `Submitted model ${random()}`,
      manufacturer: random() < 0.1 ? null : `Submitted maker ${random()}`,
      modelDeviceCount: Math.floor(random() * 1_000_000),
      workFromAnywhereScore: score(),
      windowsScore: score(),
      cloudManagementScore: score(),
      cloudIdentityScore: score(),
      cloudProvisioningScore: score(),
      healthStatus: pick(members) ?? 'unknown',
    };
    const chosen = Object.entries(every).filter(() => random() < 0.4);
    const wanted: Partial<ModelPerformance> =
      chosen.length > 0 ? Object.fromEntries(chosen) : { windowsScore: every.windowsScore };
    const strike = random() < faultShare ? pick(strikes) : undefined;
    if (strike === undefined) yield { wanted };
    else {
      const fault = {
        fault: strike.id,
        method: random() < 0.8 ? 'PATCH' : 'GET',
        times: pick([1, 1, 1, 2, 3]) ?? 1,
        ...(strike.mayBeStored && random() < 0.5 && { applied: random() < 0.5 }),
        ...(waits.test(strike.id) && { retryAfterSeconds: 1 }),
      } as const;
      yield { wanted, fault };
    }
  }
}

/** Park and Miller's generator: numbers in (0, 1), exact in a double. */
function minimalStandard(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
