import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spread } from './statistics.js';

/** One line of a table: a subject, and by quantity its value and, where there is a floor, how many times the floor's. */
export interface Row {
  readonly subject: string;
  readonly cells: Readonly<
    Record<string, { readonly value: Spread; readonly ratios?: Readonly<Record<string, Spread>> }>
  >;
}

/** What one part measured, where, and how quiet it was there. */
export interface Part {
  readonly rounds: number;
  readonly node: string;
  readonly processors: string;
  /** Milliseconds that the same fixed piece of work took before each round: how far the machine itself went up and down. */
  readonly noiseMs: Spread;
  readonly rows: readonly Row[];
}

export const parts = ['cold', 'load', 'list', 'memory', 'bulk'] as const;
export type PartName = (typeof parts)[number];
export type Results = Partial<Record<PartName, Part>>;

const file = join('bench', 'results.json');

/** Of the last run of each part; none before the first. */
export function readResults(): Results {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {};
}

export function writeResults(results: Results): void {
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`);
}
