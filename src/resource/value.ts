import type { Resource } from './resource.js';

/**
 * Stands where a value that Graph shows is not of its property's type (F29): `null` in an answer, and equal to nothing that a caller can
 * want, not even to `null`.
 */
export const unfit = Object.freeze({ toJSON: () => null });

/**
 * Reads what Graph shows of one object: each property of the table that is there, held against its type.
 * @returns undefined for a value without any of these properties; `drifted` names those whose values do not fit
 */
export function readObject(
  { fields }: Resource,
  value: Readonly<Record<string, unknown>>,
  id: string,
): { readonly shown: Readonly<Record<string, unknown>>; readonly drifted: readonly string[] } | undefined {
  const shown: Record<string, unknown> = { id };
  const drifted: string[] = [];
  const present = Object.entries(fields).filter(([name]) => Object.hasOwn(value, name));
  for (const [name, { nullable, fits }] of present) {
    const given = value[name];
    const good = given === null ? nullable : fits(given);
    shown[name] = good || given === null ? given : unfit;
    if (!good) drifted.push(name);
  }
  return present.length > 0 ? { shown, drifted } : undefined;
}
