import Joi from 'joi';
import type { Field, Validation, Words } from './field.js';

const int32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };

/** Edm.Int32: a whole number; `strict` refuses negative ones. */
export function count(words: Words): Field<number> {
  const least = (validation: Validation) => (validation === 'strict' ? 0 : int32.minimum);
  const noun = 'a whole number';
  return {
    ...words,
    edmType: 'Edm.Int32',
    nullable: false,
    noun,
    jsonType: 'number',
    flowFunction: 'int()',
    joi: (validation) => Joi.number().strict().integer().min(least(validation)).max(int32.maximum),
    jsonSchema: (validation) => ({
      type: 'integer',
      format: 'int32',
      minimum: least(validation),
      maximum: int32.maximum,
    }),
    explain: (_, validation) => ({
      code: 'out-of-range',
      message: `${words.title} must be ${noun} from ${least(validation)} to ${int32.maximum}.`,
    }),
    fits: (value) => typeof value === 'number' && value === (value | 0),
    readCell: readNumber,
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
  const range = { documented: 'that fits a double', strict: 'from 0 to 100, or -1' };
  return {
    ...words,
    edmType: 'Edm.Double',
    nullable: false,
    noun: 'a number',
    jsonType: 'number',
    flowFunction: 'float()',
    joi: (validation) => (validation === 'strict' ? strict : documented),
    // No bounds in documented mode: generators of clients stumble over those of a double.
    jsonSchema: (validation) => ({
      type: 'number',
      format: 'double',
      ...(validation === 'strict' && { anyOf: unavailableOrShare }),
    }),
    explain: (_, validation) => ({
      code: 'out-of-range',
      message: `${words.title} must be a number ${range[validation]}.`,
    }),
    fits: (value) => Number.isFinite(value),
    readCell: readNumber,
  };
}

/** A number as JSON writes it (RFC 8259 §6); with a decimal comma where that is the file's custom. */
function readNumber(cell: string, decimalComma: boolean): number | undefined {
  const text = decimalComma ? cell.replace(',', '.') : cell;
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
