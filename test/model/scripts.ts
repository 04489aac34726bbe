import fc from 'fast-check';
import type { ArmedFault } from '../../local/emulator/armory.js';
import { faults } from '../../local/emulator/faults.js';
import { seed } from '../../local/emulator/models.js';
import { strikes } from '../../tools/soak/strikes.js';
import type { ModelPerformance } from '../../src/resource/modelPerformance.js';

/** One update of a run, and the faults that are armed for its model right before it is sent. */
export interface Step {
  readonly id: string;
  readonly wanted: Partial<ModelPerformance>;
  readonly faults: readonly ArmedFault[];
}

/** Few models, so that faults which one update has left over meet the next. */
const ids = seed()
  .slice(0, 10)
  .map(({ id }) => id);

/** Few values, so that an update often wants what the object has already, or nearly has; long ones, so that a leak can be seen. */
const text = fc.constantFrom('Submitted-text-one', 'Submitted-text-two', '', null);
const score = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(12.345678901234, 12.3456789012341, 98.76543210987654, -1) },
  { weight: 1, arbitrary: fc.double({ min: -1e300, max: 1e300, noNaN: true }) },
);
const wanted: fc.Arbitrary<Partial<ModelPerformance>> = fc
  .record(
    {
      model: text,
      manufacturer: text,
      modelDeviceCount: fc.constantFrom(0, 123_456_789, -(2 ** 31), 2 ** 31 - 1),
      workFromAnywhereScore: score,
      windowsScore: score,
      cloudManagementScore: score,
      cloudIdentityScore: score,
      cloudProvisioningScore: score,
      healthStatus: fc.constantFrom('unknown', 'insufficientData', 'needsAttention', 'meetingGoals'),
    },
    { requiredKeys: [] },
  )
  .filter((values) => Object.keys(values).length > 0)
  // JSON has no -0.
  .map((values) => JSON.parse(JSON.stringify(values)) as Partial<ModelPerformance>);

/** Rows whose success is none are the hardest to tell: they come more often. */
const strike = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...strikes) },
  { weight: 1, arbitrary: fc.constantFrom(...strikes.filter(({ id }) => id.startsWith('F16'))) },
  { weight: 1, arbitrary: fc.constantFrom(...strikes.filter(({ id }) => id.startsWith('F17'))) },
);

const fault: fc.Arbitrary<Omit<ArmedFault, 'model'>> = fc
  .record({
    strike,
    method: fc.constantFrom('PATCH' as const, 'PATCH' as const, 'GET' as const, 'any' as const),
    applied: fc.option(fc.boolean(), { nil: undefined }),
    times: fc.constantFrom(1, 1, 1, 2, 3),
    delayMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined, freq: 3 }),
    waits: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
  })
  .map(({ strike, method, applied, times, delayMs, waits }) => ({
    fault: strike.id,
    method,
    times,
    ...(applied !== undefined && strike.mayBeStored && { applied }),
    ...(delayMs !== undefined && { delayMs }),
    ...(waits && { retryAfterSeconds: 1 }),
  }));

/** One to eight updates of different models. */
export const steps: fc.Arbitrary<Step[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom(...ids),
      wanted,
      faults: fc.oneof(
        { weight: 1, arbitrary: fc.array(fault, { maxLength: 0 }) },
        { weight: 4, arbitrary: fc.array(fault, { minLength: 1, maxLength: 3 }) },
      ),
    }),
    { minLength: 1, maxLength: 8, size: 'max', selector: ({ id }) => id },
  )
  .map((list) => list.map((step) => ({ ...step, faults: step.faults.map((armed) => ({ ...armed, model: step.id })) })));

const identityRows = [...faults.values()].filter(({ on, act }) => on === 'identity' && act.do !== 'refuse');

/** Faults that the next requests for a token meet. */
export const identityFaults: fc.Arbitrary<ArmedFault[]> = fc.array(
  fc.record({
    fault: fc.constantFrom(...identityRows.map(({ id }) => id)),
    times: fc.constantFrom(1, 1, 2, 5),
    lifetimeSeconds: fc.constantFrom(1, 3, 3600),
  }),
  { minLength: 1, maxLength: 3 },
);

/** When something happens to the updates that are under way: once Graph has seen one of them, and then after a while. */
export const moment = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 250 }));
