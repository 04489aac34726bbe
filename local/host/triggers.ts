import type { RegisteredFunction } from './core.js';

/** What this host emulates, in the real host's spelling. A further trigger is one more line here and a file that drives it. */
const emulated: ReadonlySet<string> = new Set(['httptrigger', 'http', 'queuetrigger']);

export const isQueueTrigger = ({ trigger }: RegisteredFunction): boolean =>
  trigger.type.toLowerCase() === 'queuetrigger';
export const isHttpTrigger = ({ trigger }: RegisteredFunction): boolean => trigger.type.toLowerCase() === 'httptrigger';

/** Refuses an app whose triggers, inputs or outputs would silently never run, and names each of them. */
export function refuseUnknown(functions: readonly RegisteredFunction[]): void {
  const unknown = functions.flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter(({ type }) => !emulated.has(type.toLowerCase()))
      .map(({ type }) => `function "${name}" needs ${type}`),
  );
  if (unknown.length === 0) return;
  throw new Error(
    `This host emulates HTTP and queue triggers only, but ${unknown.join(', ')}. Run the app with the Azure Functions Core Tools instead.`,
  );
}
