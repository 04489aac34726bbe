import type { Field } from './field.js';

/**
 * Stands where a value that Graph shows is not of its property's type (F29): `null` in an answer, and equal to nothing that a caller can
 * want, not even to `null`.
 */
export const unfit = Object.freeze({ toJSON: () => null });

/** The table's properties, as one list: they are gone through for each object of a long one. */
export type Properties = readonly (readonly [name: string, field: Pick<Field<unknown>, 'nullable' | 'fits'>])[];

/**
 * Reads what Graph shows of one object: each property of the table that is there, held against its type.
 * @returns undefined for a value without any of these properties; `drifted` names those whose values do not fit
 */
export function readObject(
  properties: Properties,
  value: Readonly<Record<string, unknown>>,
  id: string,
): { readonly shown: Readonly<Record<string, unknown>>; readonly drifted: readonly string[] } | undefined {
  const shown: Record<string, unknown> = { id };
  const drifted: string[] = [];
  let present = 0;
  for (const [name, { nullable, fits }] of properties) {
    if (!Object.hasOwn(value, name)) continue;
    present += 1;
    const given = value[name];
    const good = given === null ? nullable : fits(given);
    shown[name] = good || given === null ? given : unfit;
    if (!good) drifted.push(name);
  }
  return present > 0 ? { shown, drifted } : undefined;
}
