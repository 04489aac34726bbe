import type { Field } from './field.js';

/**
 * One collection of Graph that this product writes to: where it stands, what it is called, and the table of its writable properties.
 * Routes, filters, schemas, documents, telemetry and the emulator are made from it.
 */
export interface Resource {
  /** What it is called in paths of this API, in audit events and in telemetry. */
  readonly name: string;
  /** Its name in Pascal case: of schemas and operations of the contract. */
  readonly typeName: string;
  /** One of its objects in a sentence, and several. */
  readonly object: string;
  readonly objects: string;
  /** What it is for, and what its objects are: a sentence each. */
  readonly summary: string;
  readonly description: string;
  /** Path of the collection below Graph's version. */
  readonly path: string;
  readonly odataType: `#${string}`;
  /** The permission of Graph that a write needs, by Graph's version. */
  readonly permission: Readonly<Record<string, string>>;
  /** Name of the audit event of an update. */
  readonly event: string;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** Properties by which a list can be filtered: texts and enumerations. */
  readonly filters: readonly string[];
  /** Properties that tell a person which object it is. */
  readonly label: readonly string[];
  /** An update with a few properties, for documents. */
  readonly example: Readonly<Record<string, unknown>>;
}
