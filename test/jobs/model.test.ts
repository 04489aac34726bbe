import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jobWorlds } from './thorough.js';
import { play, scenarios } from './world/scenario.js';

test(
  `no lie in ${jobWorlds} worlds of crashes, stalls, lost answers, outages, throttling, lagging reads, cancels and reused keys`,
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        expect((await play(scenario)).lies).toEqual([]);
      }),
      { numRuns: jobWorlds, endOnFailure: true },
    );
  },
  jobWorlds * 2_000,
);
