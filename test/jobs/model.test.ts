import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { play, scenarios } from './world/scenario.js';

const numRuns = Number(process.env.MODEL_RUNS ?? 100);
const seed = process.env.MODEL_SEED === undefined ? undefined : Number(process.env.MODEL_SEED);

test(
  `no lie in ${numRuns} worlds of crashes, stalls, lost answers, outages, throttling, lagging reads, cancels and reused keys`,
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        expect((await play(scenario)).lies).toEqual([]);
      }),
      { numRuns, endOnFailure: true, ...(seed !== undefined && { seed }) },
    );
  },
  numRuns * 2_000,
);
