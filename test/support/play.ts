import { randomUUID } from 'node:crypto';
import type { ArmedFault } from '../../local/emulator/armory.js';
import { internals } from '../../local/emulator/constants.js';
import type { Model } from '../../local/emulator/models.js';
import type { RecordedRequest } from '../../local/emulator/record.js';
import type { Answer, Sent } from './host-fixture/process.js';
import type { System } from './system.js';

/** Limits scaled down. An attempt keeps enough time for a good answer on a busy machine. */
export const scaled = {
  ATTEMPT_TIMEOUT_MS: '2000',
  AUDIT_READ_TIMEOUT_MS: '2000',
  LEAST_ATTEMPT_MS: '50',
  BACKOFF_BASE_MS: '20',
  BACKOFF_CAP_MS: '40',
  READ_BACK_DELAYS_MS: '0,50',
  READ_BACK_LEAST_MS: '100',
};

/** The platform keeps giving the token that Graph refuses, as its own cache does for up to a day (F10). */
export const samePlatformToken = { fault: 'F10-same', times: 'always' } as const;

/** Values that nothing else holds, so that a leak can be found. */
export const wanted = { model: 'Submitted-93417', workFromAnywhereScore: 66.66666666666667, windowsScore: 41.932718 };

/** One update and everything that is known of it afterwards. */
export interface Played {
  readonly before: Model;
  readonly answer: Answer;
  readonly body: Readonly<Record<string, unknown>>;
  readonly after: Model;
  readonly writes: readonly RecordedRequest[];
  /** What Graph was asked after the first write. */
  readonly readBacks: readonly RecordedRequest[];
}

/** Sends one update, or its preview, for a model of its own, while Graph plays these faults for it. */
export async function play(
  { emulator, patch, preview }: System,
  faults: readonly Omit<ArmedFault, 'model'>[],
  kind: 'update' | 'preview' = 'update',
  headers: NonNullable<Sent['headers']> = {},
): Promise<Played> {
  const [example] = emulator.models();
  if (example === undefined) throw new Error('The emulator has no model.');
  const before: Model = { ...example, id: randomUUID() };
  emulator.put(before);
  emulator.arm(faults.map((fault) => ({ ...fault, model: before.id })));
  const answer = await (kind === 'update' ? patch : preview)(before.id, wanted, headers);
  const after = emulator.model(before.id);
  if (after === undefined) throw new Error('The model has gone.');
  const requests = emulator.requests({ id: before.id });
  return {
    before,
    answer,
    body: JSON.parse(answer.text) as Record<string, unknown>,
    after,
    writes: requests.filter(({ method }) => method === 'PATCH'),
    readBacks: requests
      .slice(requests.findIndex(({ method }) => method === 'PATCH'))
      .filter(({ method }) => method === 'GET'),
  };
}

/** What must never be in a problem or a log line: Graph's insides, a token, a submitted value. */
export function leaks(text: string): string[] {
  return [internals, 'eyJ', wanted.model, '66.6666', '41.9327'].filter((secret) => text.includes(secret));
}

/** Runs the tasks, so many at a time; each of the promises is settled in its turn. */
export function atMost<T>(limit: number, tasks: readonly (() => Promise<T>)[]): Promise<T>[] {
  const slots: Promise<unknown>[] = Array.from({ length: limit }, () => Promise.resolve());
  return tasks.map((task, index) => {
    const done = (slots[index % limit] ?? Promise.resolve()).then(task);
    slots[index % limit] = done.catch(() => undefined);
    return done;
  });
}
