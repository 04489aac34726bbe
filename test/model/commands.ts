import fc from 'fast-check';
import type { ArmedFault } from '../../local/emulator/armory.js';
import { identityFaults, moment, steps, type Step } from './scripts.js';
import { asBatch, play, replace, type Held, type World } from './world.js';

type Command = fc.AsyncCommand<Held, World>;

const command = (name: string, data: unknown, run: Command['run']): Command => ({
  check: () => true,
  run,
  toString: () => `${name} ${JSON.stringify(data)}`,
});

/** Updates of one or several models at the same time. */
const update = (list: readonly Step[]) => command('update', list, (held, world) => play(world, held, list));

/** Updates of several models in one call. */
const batch = (list: readonly Step[]) =>
  command('batch', list, (held, world) => play(world, held, list, { send: asBatch }));

/** The instance is shut down while updates are under way; another follows on the same Graph. */
const shutDown = (list: readonly Step[], afterMs: number) =>
  command('shut down', { afterMs, list }, (held, world) => {
    const seenBefore = world.emulator.requests().length;
    return play(world, held, list, { event: { afterMs, begin: () => replace(world, list, seenBefore) } });
  });

/** Graph or the identity goes away while updates are under way, and comes back. */
const outage = (fault: 'F21' | 'F30-refused', list: readonly Step[], afterMs: number) =>
  command('outage', { fault, afterMs, list }, (held, world) => {
    const begin = () => {
      world.emulator.arm({ fault });
      return new Set<string>();
    };
    return play(world, held, list, { event: { afterMs, begin, end: world.emulator.disarm } });
  });

/** The next requests for a token fail. */
const identityTrouble = (list: readonly ArmedFault[]) =>
  command('identity', list, (_, world) => {
    world.emulator.arm(list);
    return Promise.resolve();
  });

/** What happens to instances takes a second each time: most commands are plain updates. */
const any = fc.oneof(
  { weight: 6, arbitrary: steps.map(update) },
  { weight: 3, arbitrary: steps.map(batch) },
  { weight: 1, arbitrary: fc.tuple(steps, moment).map(([list, afterMs]) => shutDown(list, afterMs)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('F21', 'F30-refused'), steps, moment)
      .map(([fault, list, afterMs]) => outage(fault, list, afterMs)),
  },
  { weight: 1, arbitrary: identityFaults.map(identityTrouble) },
);

export const commands = fc.commands([any], { maxCommands: 12, size: 'max' });
