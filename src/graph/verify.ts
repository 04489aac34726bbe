import type { Wanted } from '../resource/parse.js';
import type { Shown } from './client.js';

/** Whether a value in Graph's answer is the one that was sent: texts exactly, numbers within the relative tolerance. */
export function same(wanted: unknown, shown: unknown, tolerance: number): boolean {
  if (typeof wanted !== 'number' || typeof shown !== 'number') return wanted === shown;
  return Math.abs(wanted - shown) <= tolerance * Math.max(Math.abs(wanted), Math.abs(shown));
}

/** Names of the wanted properties whose values an object does not show. */
export function missing(wanted: Wanted, shown: Shown, tolerance: number): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => !same(value, shown[name], tolerance))
    .map(([name]) => name);
}

/**
 * Whether an object that lacks some of the wanted values is certainly as it was before the write: each property that the
 * write would have changed still has its old value. Nothing is certain when the old values are not known.
 */
export function untouched(wanted: Wanted, shown: Shown, before: Shown | undefined, tolerance: number): boolean {
  if (before === undefined) return false;
  return missing(wanted, before, tolerance).every((name) => shown[name] === before[name]);
}
