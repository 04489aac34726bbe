import Joi from 'joi';
import type { Explanation, Field, Validation, Words } from './field.js';

/** Longest text that is taken, in code points. Graph documents no bound: this one is ours. */
export const textLimit = 256;

const wellFormed = /^\P{Cs}*$/u;
const printable = /^\P{Cc}*$/u;
const shortEnough = new RegExp(`^.{0,${textLimit}}$`, 'su');

/** Edm.String: well-formed Unicode without control characters, at most {@link textLimit} code points; `null` is a value too. */
export function nullableText(words: Words): Field<string | null> {
  const rule = Joi.string().strict().allow('', null).pattern(wellFormed).pattern(printable).pattern(shortEnough);
  return {
    ...words,
    edmType: 'Edm.String',
    nullable: true,
    noun: 'a text',
    jsonType: 'string',
    joi: () => rule,
    jsonSchema: () => ({ type: ['string', 'null'], maxLength: textLimit, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }),
    explain: ({ context }) => explainText(words.title, context?.regex),
    fits: (value) => typeof value === 'string',
    readCell: (cell) => cell,
  };
}

function explainText(title: string, broken: unknown): Explanation {
  if (broken === shortEnough)
    return { code: 'too-long', message: `${title} must have at most ${textLimit} characters.` };
  if (broken === printable) {
    const message = `${title} must have no control characters, such as tabs or line breaks.`;
    return { code: 'control-character', message };
  }
  const message = `${title} must be well-formed Unicode: it holds half of a surrogate pair.`;
  return { code: 'malformed-text', message };
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
    noun: 'a text',
    jsonType: 'string',
    joi: (validation) =>
      Joi.string()
        .strict()
        .valid(...names(validation)),
    jsonSchema: (validation) => ({ type: 'string', enum: names(validation) }),
    explain: (_, validation) => ({
      code: 'not-a-member',
      message: `${words.title} must be one of ${names(validation).join(', ')}.`,
    }),
    fits: (value) => typeof value === 'string',
    readCell: (cell) => cell,
  };
}
