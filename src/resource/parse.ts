import Joi from 'joi';
import type { Mistake } from '../problem.js';
import { textLimit, type Field, type Validation } from './field.js';
import type { Resource } from './resource.js';

/** What a caller wants to change: some of the resource's properties. */
export type Changes = Readonly<Record<string, unknown>>;

export type Parsed = { readonly wanted: Changes } | { readonly mistakes: readonly Mistake[] };

/** Most mistakes that one answer lists. */
const mistakeLimit = 100;

/**
 * A function that holds a body against the resource's table: at least one property, no unknown one, no coercion;
 * `id` only if it is the path's, `@odata.type` only if it is the resource's, and both are dropped.
 * It reports all mistakes at once, each with a JSON pointer, in our own words and without any submitted value.
 */
export function parserOf(resource: Resource, validation: Validation, pointer: (path: (string | number)[]) => string) {
  const rules = Object.entries(resource.fields).map(([name, field]) => [name, field.joi(validation)] as const);
  const schema = Joi.object({
    ...Object.fromEntries(rules),
    id: Joi.string().strict().valid(Joi.ref('$id')),
    '@odata.type': Joi.string().strict().valid(resource.odataType),
  })
    .strict()
    .required();

  return (body: unknown, id: string): Parsed => {
    const { error } = schema.validate(body, { abortEarly: false, context: { id }, errors: { render: false } });
    const mistakes = (error?.details ?? []).map((broken) => ({
      pointer: pointer(broken.path),
      ...explain(resource, validation, body, broken),
    }));
    if (mistakes.length > 0) return { mistakes: once(mistakes).slice(0, mistakeLimit) };
    const wanted = Object.fromEntries(
      Object.entries(body as object).filter(([name]) => Object.hasOwn(resource.fields, name)),
    );
    return Object.keys(wanted).length > 0 ? { wanted } : { mistakes: [nothingToChange] };
  };
}

const nothingToChange = { pointer: '', code: 'nothing-to-change', message: 'Name at least one property to change.' };

/** One value can break several of Joi's rules that are one mistake to the caller, such as a type and a list of members. */
function once(mistakes: readonly Mistake[]): Mistake[] {
  return [...new Map(mistakes.map((mistake) => [`${mistake.code} ${mistake.pointer}`, mistake])).values()];
}

const jsonTypes = { 'Edm.String': 'string', 'Edm.Int32': 'number', 'Edm.Double': 'number', Enum: 'string' };

function explain(
  { fields }: Resource,
  validation: Validation,
  body: unknown,
  { path, type, context }: Joi.ValidationErrorItem,
): Omit<Mistake, 'pointer'> {
  if (path.length === 0) return { code: 'wrong-type', message: 'The body must be one JSON object.' };
  if (type === 'object.unknown') return { code: 'unknown-property', message: 'This property is not part of a model.' };
  const name = String(path[0]);
  if (name === 'id') return { code: 'id-mismatch', message: 'The id must be the one in the path; leave it out.' };
  const field = fields[name];
  if (field === undefined)
    return { code: 'wrong-odata-type', message: 'The @odata.type must be that of this resource; leave it out.' };

  const value = (body as Record<string, unknown>)[name];
  const { title, edmType } = field;
  if (value === null) return { code: 'not-nullable', message: `${title} cannot be null.` };
  if (typeof value !== jsonTypes[edmType])
    return { code: 'wrong-type', message: `${title} must be ${kind(field)}${conversion(field, value)}.` };
  if (edmType === 'Edm.String') return explainText(field, String(context?.name));
  const { enum: members } = field.jsonSchema(validation);
  if (members !== undefined) return { code: 'not-a-member', message: `${title} must be one of ${members.join(', ')}.` };
  return { code: 'out-of-range', message: `${title} must be ${kind(field)}${range(field, validation)}.` };
}

function explainText({ title }: Field<unknown>, rule: string): Omit<Mistake, 'pointer'> {
  if (rule === 'length') return { code: 'too-long', message: `${title} must have at most ${textLimit} characters.` };
  if (rule === 'printable')
    return {
      code: 'control-character',
      message: `${title} must have no control characters, such as tabs or line breaks.`,
    };
  return {
    code: 'malformed-text',
    message: `${title} must be well-formed Unicode: it holds half of a surrogate pair.`,
  };
}

/** Rows of an Excel table reach a flow as texts: the sentence says how a flow turns one into a number. */
function conversion({ edmType }: Field<unknown>, value: unknown): string {
  if (typeof value !== 'string') return '';
  return `, not a text: in a flow, convert it with ${edmType === 'Edm.Int32' ? 'int()' : 'float()'}`;
}

function kind({ edmType, nullable }: Field<unknown>): string {
  const kinds = { 'Edm.String': 'a text', 'Edm.Int32': 'a whole number', 'Edm.Double': 'a number', Enum: 'a text' };
  return `${kinds[edmType]}${nullable ? ' or null' : ''}`;
}

function range(field: Field<unknown>, validation: Validation): string {
  const { minimum, maximum, anyOf } = field.jsonSchema(validation);
  if (anyOf !== undefined) return ' from 0 to 100, or -1';
  return field.edmType === 'Edm.Double' ? ' that fits a double' : ` from ${String(minimum)} to ${String(maximum)}`;
}
