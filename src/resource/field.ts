import type Joi from 'joi';

/** How strictly values are held: exactly what Graph's update page says, or also what newer pages add (scores 0 to 100 or -1, counts from 0). */
export type Validation = 'documented' | 'strict';

/**
 * What is known of one property: how it is called, what it holds, how its values are checked, published and written. A new kind of value
 * is a new constructor of this; nothing else asks for its type by name.
 */
export interface Field<T> {
  /** Type in Graph's CSDL, such as `Edm.Int32`; `Enum` for a member of an enumeration. */
  readonly edmType: string;
  readonly nullable: boolean;
  readonly title: string;
  readonly description: string;
  /** What one value is called in a sentence, such as "a whole number". */
  readonly noun: string;
  readonly jsonType: 'string' | 'number' | 'boolean';
  /** Function of Power Automate that makes a value of a text: rows of an Excel table reach a flow as texts. */
  readonly flowFunction?: string;
  /** Members of an enumeration, with the words a person reads. */
  readonly members?: Readonly<Record<string, string>>;
  /** What may be sent. */
  readonly joi: (validation: Validation) => Joi.Schema;
  readonly jsonSchema: (validation: Validation) => JsonSchema;
  /** Why a value of the right JSON type breaks a rule of `joi`. */
  readonly explain: (broken: Joi.ValidationErrorItem, validation: Validation) => Explanation;
  /** Whether a value that Graph shows, other than null, is of this type. Any member of an enumeration may appear one day. */
  readonly fits: (value: unknown) => boolean;
  /** The value, other than null, that a cell of a CSV file stands for; undefined when it stands for none. */
  readonly readCell: (cell: string, decimalComma: boolean) => unknown;
  /** Never set: carries the type of the field's values to the compiler. */
  readonly value?: T;
}

/** A code for programs and a sentence for people; never with a submitted value. */
export interface Explanation {
  readonly code: string;
  readonly message: string;
}

/** The part of JSON Schema 2020-12 that the fields need. */
export interface JsonSchema {
  readonly type: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly const?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly JsonSchema[];
}

/** The values that a table of fields describes. */
export type ValuesOf<Fields> = { [Name in keyof Fields]: Fields[Name] extends Field<infer T> ? T : never };

/** What every property is described with. */
export interface Words {
  readonly title: string;
  readonly description: string;
}
