import { readResult, type ToldRow } from '../../../src/jobs/result.js';
import { folderOf, type Row } from '../../../src/jobs/job.js';
import type { ChunkRecord } from '../../../src/jobs/record.js';
import { modelPerformance } from '../../../src/resource/modelPerformance.js';
import { property } from './graph.js';
import { epochMs } from './kernel.js';
import { callerOf, type Truth, type World } from './world.js';

/**
 * Holds what the product tells against what is true, when everything has ended: a port of the checks of the model that the engine was
 * designed with. @returns what is a lie; empty when nothing is
 */
export async function lies(world: World): Promise<string[]> {
  const found = [...world.lies];
  for (const truth of world.truths.values()) {
    const header = world.headerOf(truth.job);
    if (header === undefined) {
      if (truth.accepted) found.push(`accepted and not there: ${truth.key}`);
      continue;
    }
    if (truth.endedMs === undefined) {
      if (truth.accepted) found.push(`not ended: ${truth.key}`);
      continue;
    }
    const rows = await told(world, truth);
    const accepted = acceptedRows(world, `${folderOf(truth.job, header)}rows`);
    if (rows.length !== truth.rows.length) found.push(`rows without a result: ${truth.key}`);
    if (rows.some(({ outcome }, index) => outcome !== truth.toldAtEnd?.[index]))
      found.push(`the result has changed: ${truth.key}`);
    rows.forEach((row, index) => {
      found.push(
        ...liesOfRow(world, truth, row, accepted[index], index).map((lie) => `${lie}: ${truth.key} row ${index}`),
      );
    });
    truth.rows.forEach((_, index) => {
      const lie = lieOfBefore(world, truth, `${folderOf(truth.job, header)}chunks/${Math.floor(index / 20)}`, index);
      if (lie !== undefined) found.push(`${lie}: ${truth.key} row ${index}`);
    });
  }
  return found;
}

/** The result as its caller reads it. */
async function told(world: World, truth: Truth): Promise<ToldRow[]> {
  const parts = world.partsOf(world.newProcess('reader'));
  const asker = { caller: callerOf(truth.key), all: false };
  const result = { rows: [] as ToldRow[] };
  const reading = readResult(truth.job, asker, modelPerformance.fields, parts).then((rows) => (result.rows = rows));
  await world.run(world.nowMs + 600_000, () => result.rows.length > 0);
  await Promise.race([reading, new Promise(setImmediate)]);
  return result.rows;
}

/** The rows of whoever was first with the key. */
function acceptedRows(world: World, name: string): Row[] {
  const lines = (world.data.get(name)?.text ?? '').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

function liesOfRow(world: World, truth: Truth, { outcome }: ToldRow, row: Row | undefined, index: number): string[] {
  const applied = truth.applied[index] ?? 0;
  if ((outcome === 'canceled' || outcome === 'not-applied') && applied > 0)
    return [`told ${outcome}, and applied ${applied} times`];
  const toldMs = truth.toldMs[Math.floor(index / 20)] ?? world.nowMs;
  if (
    outcome === 'applied' &&
    row &&
    !world.graph.held(row.id, Number(row.changes[property]), truth.submittedMs, toldMs)
  )
    return ['told applied, and Graph never showed it'];
  return [];
}

/** The value before is one that Graph had before the row was sent for the first time. */
function lieOfBefore(world: World, truth: Truth, name: string, index: number): string | undefined {
  const sentMs = truth.sentMs[index] ?? Infinity;
  const blob = world.data.get(name);
  if (sentMs === Infinity) return undefined;
  if (blob === undefined) return 'sent, and not on record';
  const { before, readMs } = JSON.parse(blob.text) as ChunkRecord;
  if (readMs - epochMs > sentMs + 60_000) return 'the value before was read after the row was sent';
  const value = before[index % 20];
  if (value === null || value === undefined || value === 'not-found') return undefined;
  const id = truth.rows[index]?.id ?? '';
  const known = Number(value[property]);
  return world.graph.held(id, known, -Infinity, sentMs)
    ? undefined
    : 'the value before is from after the first attempt';
}
