import type { Wanted } from '../resource/parse.js';
import { unfit } from '../resource/value.js';
import type { Shown } from './client.js';

/**
 * Whether a value in Graph's answer is the one that was sent: texts exactly, numbers within the tolerance, which is relative to
 * the one that was sent. A number beyond a double reads as infinite and is never the same.
 */
export function same(wanted: unknown, shown: unknown, tolerance: number): boolean {
  if (typeof wanted !== 'number' || typeof shown !== 'number') return wanted === shown;
  return Math.abs(wanted - shown) <= tolerance * Math.abs(wanted);
}

/** Names of the wanted properties whose values an object does not show. */
export function missing(wanted: Wanted, shown: Shown, tolerance: number): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => !same(value, shown[name], tolerance))
    .map(([name]) => name);
}

/**
 * Whether an object that lacks some of the wanted values is certainly as it was before the write: all the wanted properties still
 * have their old values, none another of somebody else's. Nothing is certain of values that were not known before.
 */
export function untouched(wanted: Wanted, shown: Shown, before: Shown | undefined): boolean {
  const known = (name: string) => before?.[name] !== undefined && before[name] !== unfit;
  return Object.keys(wanted).every((name) => known(name) && shown[name] === before?.[name]);
}
