import { Stop } from '../../local/commandLine.js';
import { updatesOf } from '../../src/http/jobUpdates.js';
import { readCsv, type Csv } from '../../src/http/readCsv.js';
import { pointer } from '../../src/pointer.js';
import { Problem } from '../../src/problem.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { parserOf } from '../../src/resource/parse.js';
import { worded } from '../../src/resource/words.js';
import type { Model } from './models.js';

/**
 * What a table would change, one line for each value.
 * @param models all there are; left out, ids are not looked for
 * @throws Stop for a table that the API would refuse, and for rows whose id no model has
 */
export function changesOf(
  csv: string | Uint8Array,
  models: readonly Model[] | undefined,
  nullMeant: boolean,
): string[] {
  const table = readable(() => readCsv(csv, modelPerformance));
  const { rows } = table;
  const byId = new Map((models ?? []).map((model) => [model.id.toLowerCase(), model]));
  const of = (id: unknown) => byId.get(String(id).toLowerCase());
  const lost = models === undefined ? [] : rows.filter(({ values }) => of(values.id) === undefined);
  const wrong = [...refusalOf(table, nullMeant), ...lost.map(({ line }) => `line ${line}: no model has this id`)];
  if (wrong.length > 0) throw new Stop(['Nothing was sent.', ...wrong.slice(0, 20)].join('\n  '), 2);
  return rows.flatMap(({ values: { id, ...values } }) => {
    const before = of(id);
    return Object.entries(values)
      .filter(([name, value]) => (before?.[name] ?? null) !== (value === '' ? null : value))
      .map(
        ([name, value]) =>
          `${String(id)} ${name}: ${JSON.stringify(before?.[name] ?? null)} → ${JSON.stringify(value)}`,
      );
  });
}

/** The API's own rules; a deployment with VALIDATION=strict has some more. */
const parse = parserOf(modelPerformance, 'documented', pointer);

/** The sentences with which the API would refuse a table. */
function refusalOf(table: Csv, nullMeant: boolean): string[] {
  try {
    updatesOf(table, (item, id) => parse(item, id, nullMeant));
    return [];
  } catch (error) {
    return sentencesOf(error);
  }
}

/** What the product's own reader makes of a file, its refusals in the words of this command. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Stop(sentencesOf(error).join('\n'), 2);
  }
}

/** @throws the error, when it is none of the product's own refusals */
function sentencesOf(error: unknown): string[] {
  if (!(error instanceof Problem)) throw error;
  return (error.more.errors ?? []).map(({ message }) => worded(message, modelPerformance));
}
