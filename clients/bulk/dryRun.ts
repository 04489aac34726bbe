import { Problem } from '../../src/problem.js';
import { readCsv } from '../../src/http/readCsv.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import type { Model } from './models.js';
import { Stop } from '../../local/commandLine.js';

/**
 * What a table would change, one line for each value.
 * @param models all there are; left out, nothing but the table's form is checked
 * @throws Stop for a table that the API would refuse by its form, and for rows whose id no model has
 */
export function changesOf(csv: string | Uint8Array, models: readonly Model[] | undefined): string[] {
  const { rows, mistakes } = readable(() => readCsv(csv, modelPerformance));
  const byId = new Map((models ?? []).map((model) => [model.id.toLowerCase(), model]));
  const of = (id: unknown) => byId.get(String(id).toLowerCase());
  const lost = models === undefined ? [] : rows.filter(({ values }) => of(values.id) === undefined);
  const wrong = [
    ...mistakes.map(({ message }) => message),
    ...lost.map(({ line }) => `line ${line}: no model has this id`),
  ];
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

/** What the product's own reader makes of a file, its refusals in the words of this command. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Stop((error.more.errors ?? []).map(({ message }) => message).join('\n'), 2);
  }
}
