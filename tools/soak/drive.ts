import { Pool } from 'undici';
import type { Emulator } from '../../local/emulator/emulator.js';
import type { Model } from '../../local/emulator/models.js';
import { breaches, codeOf } from './laws.js';
import type { Planned } from './plan.js';
import { settled } from './settled.js';

/** What came of the updates so far. */
export interface Results {
  done: number;
  /** By answer: `200`, or a problem's code with its outcome. */
  readonly answers: Map<string, number>;
  readonly latenciesMs: number[];
  /** Faults that were armed, each as often as it was to strike. */
  armed: number;
  /** The first broken promises, in words. */
  readonly broken: string[];
}

const brokenLimit = 20;

/** Sends updates through as many workers as there are lists of models; each worker has its models for itself. */
export function openDrive(emulator: Emulator, baseUrl: string, concurrency: number, planned: Iterator<Planned>) {
  const pool = new Pool(baseUrl, { connections: concurrency, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const results: Results = { done: 0, answers: new Map(), latenciesMs: [], armed: 0, broken: [] };
  const own = Array.from({ length: concurrency }, (_, worker) => addModels(emulator, worker));

  let token = '';

  async function update(model: Model): Promise<Model> {
    const { wanted, fault } = (planned.next() as IteratorYieldResult<Planned>).value;
    if (fault) emulator.arm({ ...fault, model: model.id });
    results.armed += typeof fault?.times === 'number' ? fault.times : 0;
    const partly = emulator.armed().some((one) => one.model === model.id && one.fault === 'F16-partly');

    const startMs = performance.now();
    const answer = await answerTo(model.id, wanted);
    results.latenciesMs.push(performance.now() - startMs);

    const kind = kindOf(answer);
    if (kind.endsWith('unknown') || answer === undefined) await settled(emulator.graphUrl);
    const after = emulator.model(model.id) ?? model;
    // What an earlier update has left unseen is not the next one's affair: an older state can hold by chance what the next one wants.
    emulator.catchUp(model.id);
    const found = breaches({ wanted, before: model, after, answer, partly });
    if (answer === undefined) found.push('There is no answer.');
    if (found.length > 0 && results.broken.length < brokenLimit)
      results.broken.push(`${found.join(' ')} ${JSON.stringify({ wanted, fault, before: model, after, answer })}`);
    results.answers.set(kind, (results.answers.get(kind) ?? 0) + 1);
    results.done += 1;
    return after;
  }

  async function answerTo(id: string, wanted: object): Promise<{ status: number; text: string } | undefined> {
    try {
      const { statusCode, body } = await pool.request({
        path: `/api/v1/model-performance/${id}`,
        method: 'PATCH',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(wanted),
      });
      return { status: statusCode, text: await body.text() };
    } catch {
      return undefined;
    }
  }

  return {
    results,
    /** Sends so many more, and resolves when all are answered. */
    send: async (count: number) => {
      token = emulator.issue();
      let left = count;
      await Promise.all(
        own.map(async (models) => {
          for (let turn = 0; left > 0; turn = (turn + 1) % models.length) {
            left -= 1;
            const model = models[turn];
            if (model) models[turn] = await update(model);
          }
        }),
      );
    },
    close: () => pool.close(),
  };
}

/** Two objects of its own for each worker: what one update leaves behind then meets another one soon, and never a second at once. */
function addModels(emulator: Emulator, worker: number): Model[] {
  const [first] = emulator.models();
  if (first === undefined) throw new Error('The emulator holds nothing.');
  return ['a', 'b'].map((letter) => {
    const model = { ...first, id: `soak-${worker}-${letter}` };
    emulator.put(model);
    return model;
  });
}

function kindOf(answer: { status: number; text: string } | undefined): string {
  if (answer === undefined) return 'no answer';
  if (answer.status === 200) return '200';
  const outcome = /"outcome":"([\w-]+)"/.exec(answer.text)?.[1] ?? 'without outcome';
  return `${answer.status} ${codeOf(answer.text) ?? 'not a problem'}, ${outcome}`;
}
