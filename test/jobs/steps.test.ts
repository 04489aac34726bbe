import { expect, test } from '@jest/globals';
import { jobSteps } from './thorough.js';
import { cancel, submit, submitUntilAccepted } from './world/callers.js';
import { lies } from './world/check.js';
import { World, type Injected } from './world/world.js';

/** What else happens while the job of 25 rows runs. */
const stories: Record<string, (world: World) => void> = {
  plain: () => undefined,
  'canceled at once': cancelAt(2_600),
  'canceled before the first slot': cancelAt(6_000),
  'canceled between the slots': cancelAt(9_000),
  'canceled while another takes over, and reads lag': (world) => {
    cancelAt(80_000)(world);
  },
  'Graph refuses after a crash, and reads lag': (world) => {
    world.refusesFromMs = 60_000;
  },
  'Graph throttles after a crash, and reads lag': (world) => {
    world.throttlesFromMs = 60_000;
  },
  'a rival with the same key': (world) => {
    world.at(40, () => {
      for (const truth of world.truths.values()) {
        const [first, ...others] = truth.rows;
        if (first) void submit(world, truth, [{ ...first, changes: { modelDeviceCount: -1 } }, ...others]);
      }
    });
  },
};

function cancelAt(atMs: number): (world: World) => void {
  return (world) => {
    world.at(atMs, () => {
      for (const truth of world.truths.values()) void cancel(world, truth);
    });
  };
}

const kinds = [
  { what: 'crash', crash: 'process' },
  { what: 'crash', crash: 'machine' },
  { what: 'fail', crash: 'machine' },
  { what: 'lost', crash: 'machine' },
  { what: 'stall', crash: 'machine' },
] as const;

/** A job of 25 rows with one fault at one step of everything that happens. */
async function play(story: string, injected?: Injected, crash: 'process' | 'machine' = 'machine') {
  const lag = story.endsWith('reads lag') ? { lagMs: 120_000, lags: 1 } : {};
  const world = new World(5, { crash, restartMs: [20_000, 20_000], ...lag });
  world.injected = injected;
  const rows = Array.from({ length: 25 }, (_, row) => ({ id: `model-${row}`, value: 1_000_001 + row }));
  const truth = world.addJob('j', rows);
  world.at(0, () => void submit(world, truth));
  stories[story]?.(world);
  world.at(20_000, () => void submitUntilAccepted(world, truth));
  await world.run(7_200_000, () => world.nowMs > 200_000 && world.nowMs > (truth.endedMs ?? Infinity) + 120_000);
  // Without any 201 a job need not run.
  const endedMs = truth.endedMs ?? (truth.accepted ? Infinity : 0);
  return { steps: world.step, lies: await lies(world), endedMs };
}

/** The platform gives a message back ten minutes after its machine died. A job that Graph throttles for ever is tried for 25 minutes a turn. */
const platformMs = 15 * 60_000;
const throttledMs = 60 * 60_000;

/** Every step, or so many that are spread over all of them. */
const every = jobSteps === 'all' ? 1 : 13;

test.each(Object.keys(stories))(
  'one fault at a step, whichever it is: %s',
  async (story) => {
    const { steps } = await play(story);
    const wrong: string[] = [];
    let slowestMs = 0;
    for (const [index, { what, crash }] of kinds.entries())
      for (let step = index % every; step < steps; step += every) {
        const { lies, endedMs } = await play(story, { step, what }, crash);
        wrong.push(...lies.map((lie) => `${what} (${crash}) at step ${step}: ${lie}`));
        slowestMs = Math.max(slowestMs, endedMs);
      }
    expect(wrong).toEqual([]);
    expect(slowestMs).toBeLessThan(story.startsWith('Graph throttles') ? throttledMs : platformMs);
  },
  every === 1 ? 600_000 : 60_000,
);
