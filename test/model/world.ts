import { setTimeout as pause } from 'node:timers/promises';
import type { Emulator } from '../../local/emulator/emulator.js';
import type { Model } from '../../local/emulator/models.js';
import { breaches, codeOf } from '../../tools/soak/laws.js';
import { settled } from '../../tools/soak/settled.js';
import type { Answer } from '../support/host-fixture/process.js';
import { isOfHost } from '../support/published.js';
import { startInstance, type Instance } from '../support/system.js';
import type { Step } from './scripts.js';
import { until } from '../support/until.js';

/** The real system of a run; its instance is replaced when one has been shut down. */
export interface World {
  readonly emulator: Emulator;
  readonly environment: Record<string, string>;
  instance: Instance;
  /** Updates that were sent, over all runs. */
  updates: number;
  /** How often each answer was given, over all runs. */
  readonly tally: Map<string, number>;
}

/** What each object holds, as far as the answers so far have told. */
export type Held = Map<string, Model>;

/** Longest that a call may take, many times its deadline: whoever waits longer waits for ever. */
const hungAfterMs = 25_000;

/** Limits scaled down, so that a run of many calls takes seconds. */
export const scaledDown = {
  DEADLINE_MS: '1500',
  CONNECT_TIMEOUT_MS: '200',
  ATTEMPT_TIMEOUT_MS: '200',
  AUDIT_READ_TIMEOUT_MS: '150',
  LEAST_ATTEMPT_MS: '20',
  BACKOFF_BASE_MS: '10',
  BACKOFF_CAP_MS: '20',
  READ_BACK_DELAYS_MS: '0,10,60',
  READ_BACK_LEAST_MS: '30',
  TOKEN_TIMEOUT_MS: '300',
  TOKEN_REFRESH_AHEAD_MS: '500',
  SHUTDOWN_WRITES_MS: '300',
  // The only one that is raised: on a busy machine an answer takes longer to leave.
  SHUTDOWN_ANSWERS_MS: '1000',
};

/** What happens to updates that are under way. */
export interface Event {
  /** Counted from when Graph has seen the first of them. */
  readonly afterMs: number;
  /** Returns the ids whose calls need not get an answer. */
  readonly begin: () => Promise<ReadonlySet<string>> | ReadonlySet<string>;
  /** Once all calls are over. */
  readonly end?: () => void;
}

/** How updates are sent: each in a call of its own, or all in one. */
type Send = (instance: Instance, steps: readonly Step[]) => Promise<readonly (Answer | undefined)[]>;

const eachAlone: Send = (instance, steps) =>
  Promise.all(steps.map(({ id, wanted }) => answerOf(instance, id, () => instance.patch(`${id}?null=clear`, wanted))));

/** What a batch tells of each update, as the answer that a call of its own would have had. */
export const asBatch: Send = async (instance, steps) => {
  const body = JSON.stringify({ updates: steps.map(({ id, wanted }) => ({ id, ...wanted })) });
  const headers = { 'content-type': 'application/json' };
  const answer = await answerOf(instance, 'a batch', () =>
    instance.call('/api/v1/model-performance/batch?null=clear', { method: 'POST', headers, body }),
  );
  if (answer?.status !== 200) return steps.map(() => answer);
  const { results } = JSON.parse(answer.text) as { results: { object?: object; problem?: { status: number } }[] };
  return results.map(({ object, problem }) => ({
    ...answer,
    status: problem?.status ?? 200,
    text: JSON.stringify(object ?? problem),
  }));
};

/**
 * Sends the updates all at once, lets something happen to them, and holds every answer and every object against the promises.
 * @throws Error that names the broken promises
 */
export async function play(
  world: World,
  held: Held,
  steps: readonly Step[],
  { event, send = eachAlone }: { readonly event?: Event; readonly send?: Send } = {},
): Promise<void> {
  const { emulator, tally } = world;
  const seenBefore = emulator.requests().length;
  for (const { faults } of steps) emulator.arm(faults);
  const calls = send(world.instance, steps);
  let mayBeLost: ReadonlySet<string> = new Set();
  if (event) {
    await underWay(emulator, seenBefore, calls);
    await pause(event.afterMs);
    mayBeLost = await event.begin();
  }
  const answers = await calls;
  event?.end?.();
  await settled(emulator.graphUrl);
  // What an earlier update has left unseen is not the next one's affair.
  emulator.catchUp();

  const strikes = emulator.requests().slice(seenBefore);
  const broken: string[] = [];
  for (const [index, { id, wanted }] of steps.entries()) {
    const [before, after] = [held.get(id), emulator.model(id)];
    if (before === undefined || after === undefined) throw new Error(`There is no model ${id}.`);
    const answer = answers[index];
    const partly = strikes.some((strike) => strike.id === id && strike.fault === 'F16-partly');
    world.updates += 1;
    const found = breaches({ wanted, before, after, answer, partly });
    if (answer === undefined && !mayBeLost.has(id)) found.push('There is no answer.');
    count(tally, kindOf(answer));
    held.set(id, after);
    if (found.length > 0) {
      const sent = strikes.filter((strike) => strike.id === id);
      broken.push(
        `${found.join(' ')}\n${JSON.stringify({ wanted, before, after, answer, sent: sent.map(({ method, fault, status }) => ({ method, fault, status })) })}`,
      );
    }
  }
  for (const [id, model] of held) {
    if (JSON.stringify(emulator.model(id)) !== JSON.stringify(model)) broken.push(`Model ${id} changed by itself.`);
  }
  if (strikes.some(({ server }) => server === 'elsewhere')) broken.push('A server was called that is not Graph.');
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

/** The answer to one call; undefined when the connection ended without one of the product. */
async function answerOf(instance: Instance, of: string, call: () => Promise<Answer>): Promise<Answer | undefined> {
  const cut = new AbortController();
  const hung = pause(hungAfterMs, undefined, { signal: cut.signal }).then(() => {
    throw new Error(`The call for ${of} is never answered.\n${instance.host.output.err}`);
  });
  hung.catch(() => undefined);
  try {
    const answer = await Promise.race([call().catch(unanswered), hung]);
    return answer && isOfHost(answer) ? undefined : answer;
  } finally {
    cut.abort();
  }
}

/** A connection that was refused or ended early. @throws the error, when it is another one */
function unanswered(error: unknown): undefined {
  // An error of Node's own is no Error of Jest's world.
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('ECONN')) throw error;
}

function kindOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer';
  if (answer.status === 200) return '200';
  const outcome = /"outcome":"([\w-]+)"/.exec(answer.text)?.[1] ?? '';
  return `${codeOf(answer.text) ?? answer.status} ${outcome}`;
}

function count(tally: Map<string, number>, kind: string): void {
  tally.set(kind, (tally.get(kind) ?? 0) + 1);
}

/** Resolves once Graph has seen one of the calls, or they are over without that. */
async function underWay(emulator: Emulator, seenBefore: number, calls: Promise<unknown>): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  calls.then(end, end);
  const seen = () =>
    emulator
      .requests()
      .slice(seenBefore)
      .some(({ server }) => server === 'graph');
  await until('a call at Graph, or the end of the calls', () => over || seen(), { everyMs: 2, limitMs: 120_000 });
}

/** Shuts the instance down and starts another. @returns whose calls may end without an answer: those that Graph has not seen yet */
export async function replace(world: World, steps: readonly Step[], seenBefore: number): Promise<ReadonlySet<string>> {
  const { emulator, instance } = world;
  const seen = new Set(
    emulator
      .requests()
      .slice(seenBefore)
      .map(({ id }) => id),
  );
  instance.host.child.kill('SIGTERM');
  const code = await instance.host.ended;
  if (code !== 0 || instance.host.output.err.includes('were cut off')) {
    throw new Error(`The instance did not end well: ${code} ${instance.host.output.err}`);
  }
  world.instance = await startInstance(emulator, world.environment);
  return new Set(steps.map(({ id }) => id).filter((id) => !seen.has(id)));
}
