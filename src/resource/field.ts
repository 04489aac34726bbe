import Joi from 'joi';

/** How strictly values are held: exactly what Graph's update page says, or also what newer pages add (scores 0 to 100 or -1, counts from 0). */
export type Validation = 'documented' | 'strict';

/** Edm types of Graph's CSDL that a field can have. */
export type EdmType = 'Edm.String' | 'Edm.Int32' | 'Edm.Double' | 'Enum';

/** What is known of one property: how it is called, what it holds, how its values are checked and published. */
export interface Field<T> {
  readonly edmType: EdmType;
  readonly nullable: boolean;
  readonly title: string;
  readonly says: string;
  /** Members of an enumeration, with the words a person reads. */
  readonly members?: Readonly<Record<string, string>>;
  readonly joi: (validation: Validation) => Joi.Schema;
  readonly jsonSchema: (validation: Validation) => JsonSchema;
  /** Never set: carries the type of the field's values to the compiler. */
  readonly value?: T;
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

interface Words {
  readonly title: string;
  readonly says: string;
}

/** Longest text that is taken, in code points. Graph documents no bound: this one is ours. */
export const textLimit = 256;

/** Edm.String: well-formed Unicode without control characters, at most {@link textLimit} code points; `null` is a value too. */
export function nullableText(words: Words): Field<string | null> {
  const rule = Joi.string()
    .strict()
    .allow('', null)
    .pattern(/^\P{Cs}*$/u, 'well-formed')
    .pattern(/^\P{Cc}*$/u, 'printable')
    .pattern(new RegExp(`^.{0,${textLimit}}$`, 'su'), 'length');
  return {
    ...words,
    edmType: 'Edm.String',
    nullable: true,
    joi: () => rule,
    jsonSchema: () => ({ type: ['string', 'null'], maxLength: textLimit, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }),
  };
}

const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };

/** Edm.Int32: a whole number; `strict` refuses negative ones. */
export function count(words: Words): Field<number> {
  const least = (validation: Validation) => (validation === 'strict' ? 0 : int32.minimum);
  return {
    ...words,
    edmType: 'Edm.Int32',
    nullable: false,
    joi: (validation) => Joi.number().strict().integer().min(least(validation)).max(int32.maximum),
    jsonSchema: (validation) => ({
      type: 'integer',
      format: 'int32',
      minimum: least(validation),
      maximum: int32.maximum,
    }),
  };
}

/** Each with its type: a generator of clients takes a branch without one for anything. */
const unavailableOrShare = [
  { type: 'number', const: -1 },
  { type: 'number', minimum: 0, maximum: 100 },
] as const;

/** Edm.Double: any finite number; `strict` takes 0 to 100, and -1 for "not available". */
export function score(words: Words): Field<number> {
  const documented = Joi.number().strict().unsafe();
  const strict = Joi.number().strict().min(0).max(100).allow(-1);
  return {
    ...words,
    edmType: 'Edm.Double',
    nullable: false,
    joi: (validation) => (validation === 'strict' ? strict : documented),
    jsonSchema: (validation) => ({
      type: 'number',
      format: 'double',
      ...(validation === 'strict' && { anyOf: unavailableOrShare }),
    }),
  };
}

/** An enumeration: one of its members' names, in Graph's spelling; `strict` refuses the sentinel of an evolvable one. */
export function oneOf<Member extends string>(
  words: Words & { readonly members: Readonly<Record<Member, string>> },
): Field<Member> {
  const names = (validation: Validation) =>
    Object.keys(words.members).filter((name) => validation === 'documented' || name !== 'unknownFutureValue');
  return {
    ...words,
    edmType: 'Enum',
    nullable: false,
    joi: (validation) =>
      Joi.string()
        .strict()
        .valid(...names(validation)),
    jsonSchema: (validation) => ({ type: 'string', enum: names(validation) }),
  };
}
