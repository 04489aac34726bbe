import type { Field } from './field.js';

/** One collection of Graph that this product writes to: where it stands and the table of its writable properties. */
export interface Resource {
  /** What it is called in paths of this API, in audit events and in telemetry. */
  readonly name: string;
  /** Path of the collection below Graph's version. */
  readonly path: string;
  readonly odataType: `#${string}`;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
}
