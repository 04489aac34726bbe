import Joi from 'joi';
import type { Mistake } from '../problem.js';
import { textLimit, type Field, type Validation } from './field.js';
import type { Resource } from './resource.js';

/** What a caller wants to change: some of the resource's properties. */
export type Wanted = Readonly<Record<string, unknown>>;

export type Parsed = { readonly wanted: Wanted } | { readonly mistakes: readonly Mistake[] };

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
    const mistakes = (error?.details ?? []).map(({ path, type, context }) => ({
      pointer: pointer(path),
      ...explain(resource.fields[String(path[0])], String(path[0]), type, context, body, validation),
    }));
    if (mistakes.length > 0) return { mistakes: mistakes.slice(0, mistakeLimit) };
    const wanted = Object.fromEntries(
      Object.entries(body as object).filter(([name]) => Object.hasOwn(resource.fields, name)),
    );
    return Object.keys(wanted).length > 0 ? { wanted } : { mistakes: [nothingToChange] };
  };
}

const nothingToChange = { pointer: '', code: 'nothing-to-change', message: 'Name at least one property to change.' };

function explain(
  field: Field<unknown> | undefined,
  name: string,
  type: string,
  context: Joi.Context | undefined,
  body: unknown,
  validation: Validation,
): Omit<Mistake, 'pointer'> {
  if (type === 'object.base' || type === 'any.required')
    return { code: 'wrong-type', message: 'The body must be one JSON object.' };
  if (type === 'object.unknown') return { code: 'unknown-property', message: 'This property is not part of a model.' };
  if (name === 'id') return { code: 'id-mismatch', message: 'The id must be the one in the path; leave it out.' };
  if (field === undefined)
    return { code: 'wrong-odata-type', message: 'The @odata.type must be that of this resource; leave it out.' };

  const value: unknown = (body as Record<string, unknown>)[name];
  if (value === null) return { code: 'not-nullable', message: `${field.title} cannot be null.` };
  if (type === 'string.pattern.name') return explainText(field, String(context?.name));
  if (typeof value === 'string' && (field.edmType === 'Edm.Int32' || field.edmType === 'Edm.Double'))
    return { code: 'wrong-type', message: `${field.title} must be a number, not a text.${conversion(field)}` };
  if (type === 'any.only')
    return { code: 'not-a-member', message: `${field.title} must be one of ${members(field, validation)}.` };
  if (type.endsWith('.base')) return { code: 'wrong-type', message: `${field.title} must be ${kind(field)}.` };
  return { code: 'out-of-range', message: `${field.title} must be ${kind(field)}${range(field, validation)}.` };
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
function conversion({ edmType }: Field<unknown>): string {
  return ` In a flow, convert it with ${edmType === 'Edm.Int32' ? 'int()' : 'float()'}.`;
}

function kind({ edmType, nullable }: Field<unknown>): string {
  const kinds = { 'Edm.String': 'a text', 'Edm.Int32': 'a whole number', 'Edm.Double': 'a number', Enum: 'a text' };
  return `${kinds[edmType]}${nullable ? ' or null' : ''}`;
}

function range(field: Field<unknown>, validation: Validation): string {
  const { minimum, maximum, anyOf } = field.jsonSchema(validation);
  if (anyOf !== undefined) return ' from 0 to 100, or -1';
  return minimum === undefined || maximum === undefined ? ' that fits a double' : ` from ${minimum} to ${maximum}`;
}

function members(field: Field<unknown>, validation: Validation): string {
  return (field.jsonSchema(validation).enum ?? []).join(', ');
}
