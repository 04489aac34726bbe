import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startEmulator } from '../local/emulator/emulator.js';
import { settled } from '../tools/soak/settled.js';
import { commands } from './model/commands.js';
import { scaledDown, type World } from './model/world.js';
import { startInstance } from './support/system.js';

/**
 * How far this goes. `npm test` plays a fixed small sample; `npm run verify:model` goes on with other seeds, in more worlds side by side,
 * until so many updates were sent (`test/model/jest.config.json`).
 */
const {
  modelUpdates = 1,
  modelSeed = 1,
  modelWorlds = 6,
} = globalThis as { modelUpdates?: number; modelSeed?: number; modelWorlds?: number };
const runs = 3;
const limitMs = modelUpdates === 1 ? 100_000 : 6 * 3_600_000;

const explorers = Array.from(
  { length: modelWorlds },
  (_, index) => [index < modelWorlds / 2 ? 'read' : 'none', modelSeed + index] as const,
);

const worlds: World[] = [];
const endings: (() => Promise<void>)[] = [];

/** A system whose tokens live for three seconds, so that they end while updates are under way. */
async function open(auditFrom: string): Promise<World> {
  const emulator = await startEmulator({ tokenLifetimeSeconds: 3 });
  endings.push(emulator.close);
  const environment = { ...scaledDown, AUDIT_FROM: auditFrom };
  const instance = await startInstance(emulator, environment);
  const world = { emulator, environment, instance, updates: 0, tally: new Map<string, number>() };
  worlds.push(world);
  endings.push(() => world.instance.stop());
  return world;
}

const updatesSent = () => worlds.reduce((sum, world) => sum + world.updates, 0);
let toldUpdates = 0;

/** One line for each thousand updates of a long run. */
function tellProgress(): void {
  const updates = updatesSent();
  if (modelUpdates === 1 || updates < toldUpdates + 1000) return;
  toldUpdates = updates;
  process.stdout.write(`${updates} of ${modelUpdates} updates\n`);
}

/** Runs the commands again and again, each time from the emulator's first state. @throws Error with a run that breaks a promise, in `npm test` the shortest */
async function explore(auditFrom: string, seed: number): Promise<World> {
  const world = await open(auditFrom);
  const { emulator } = world;
  const property = fc.asyncProperty(commands, (list) =>
    fc.asyncModelRun(async () => {
      emulator.disarm();
      await settled(emulator.graphUrl);
      emulator.reset();
      return { model: new Map(emulator.models().map((model) => [model.id, model])), real: world };
    }, list),
  );
  for (let round = 0; world.updates < modelUpdates / explorers.length; round += 1) {
    await fc.assert(property, {
      seed: seed + round * explorers.length,
      numRuns: runs,
      // The first of many runs would be small ones.
      unbiased: true,
      interruptAfterTimeLimit: limitMs,
      markInterruptAsFailure: true,
      // Looking for a shorter run takes hours here: the error names the seed and path of the run.
      endOnFailure: modelUpdates > 1,
    });
    tellProgress();
  }
  return world;
}

afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

describe('whatever goes wrong, a 200 is in Graph, a not-applied is not, and an unknown is one of the two', () => {
  // Most of their time is waiting for faults: all run side by side.
  const explored = explorers.map(([auditFrom, seed]) => {
    const exploring = explore(auditFrom, seed);
    exploring.catch(() => undefined);
    return [auditFrom, seed, exploring] as const;
  });

  test.each(explored)(
    'AUDIT_FROM=%s, seed %i',
    async (_, __, exploring) => {
      await exploring;
    },
    limitMs + 20_000,
  );

  test('all three have happened', () => {
    const tally = new Map<string, number>();
    for (const world of worlds)
      for (const [kind, count] of world.tally) tally.set(kind, (tally.get(kind) ?? 0) + count);
    const kinds = [...tally.keys()];
    if (modelUpdates > 1) {
      process.stdout.write(
        `${updatesSent()} updates, seed ${modelSeed}: ${JSON.stringify([...tally], undefined, 1)}\n`,
      );
    }
    expect(kinds).toContain('200');
    expect(kinds.some((kind) => kind.endsWith(' not-applied'))).toBe(true);
    expect(kinds.some((kind) => kind.endsWith(' unknown'))).toBe(true);
  });
});
