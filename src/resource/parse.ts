import Joi from 'joi';
import type { Mistake } from '../problem.js';
import type { Explanation, Field, Validation } from './field.js';
import { sameId } from './id.js';
import type { Resource } from './resource.js';

/** What a caller wants to change: some of the resource's properties. */
export type Changes = Readonly<Record<string, unknown>>;

export type Parsed = { readonly changes: Changes } | { readonly mistakes: readonly Mistake[] };

/**
 * Holds a body against the resource's table.
 * @param id of the path, which an `id` in the body must equal
 * @param nullMeant whether the call says that its nulls clear properties (F49); serializers write null for what was never set
 */
export type Parse = (body: unknown, id: string, nullMeant?: boolean) => Parsed;

/** What of a resource a body is held against. */
type Table = Pick<Resource, 'fields' | 'odataType' | 'object'>;

/** Code of a null that could clear a property, and that nobody has confirmed. */
export const nullNotConfirmed = 'null-not-confirmed';

/** Most mistakes that one answer lists. */
const mistakeLimit = 100;

/**
 * Names of OData's control information, which a body has that was read from Graph (OData JSON Format 4.01 §4.5, §20.1): dropped. Not of the
 * type of the object, which must be right, and not of a binding, which asks for something.
 */
export const controlInformation = /^(?!@odata\.type$)(?![^@]*@odata\.bind$)[^@]*@[\w-]+(\.[\w-]+)+$/;

/**
 * A function that holds a body against the resource's table: at least one property, no unknown one, no coercion;
 * `id` only if it is the path's, `@odata.type` only if it is the resource's, and both are dropped.
 * It reports all mistakes at once, each with a JSON pointer, in our own words and without any submitted value.
 */
export function parserOf(
  resource: Table,
  validation: Validation,
  pointer: (path: (string | number)[]) => string,
): Parse {
  const { fields, odataType } = resource;
  const rules = Object.entries(fields).map(([name, field]) => [name, field.joi(validation)] as const);
  const schema = Joi.object({
    ...Object.fromEntries(rules),
    id: Joi.string().strict().custom(asInPath),
    '@odata.type': Joi.string().strict().valid(odataType, odataType.slice(1)),
  })
    .strict()
    .required();

  return (given, id, nullMeant = false) => {
    const body = withoutControlInformation(given);
    const { error } = schema.validate(body, { abortEarly: false, context: { id }, errors: { render: false } });
    const mistakes = (error?.details ?? []).map((broken) => ({
      pointer: pointer(broken.path),
      ...explain(resource, validation, body, broken),
    }));
    const changes = propertiesOf(body, fields);
    if (!nullMeant)
      mistakes.push(...nullsOf(changes, fields).map(([name, { title }]) => unconfirmed(pointer([name]), title)));
    if (mistakes.length > 0) return { mistakes: once(mistakes).slice(0, mistakeLimit) };
    return Object.keys(changes).length > 0 ? { changes } : { mistakes: [nothingToChange] };
  };
}

function withoutControlInformation(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !controlInformation.test(name)));
}

function propertiesOf(body: unknown, fields: Resource['fields']): Changes {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(fields, name)));
}

/** The properties that a null would clear; elsewhere null is a mistake of its own. */
function nullsOf(changes: Changes, fields: Resource['fields']): [string, Field<unknown>][] {
  return Object.entries(fields).filter(([name, { nullable }]) => nullable && changes[name] === null);
}

function unconfirmed(pointer: string, title: string): Mistake {
  const ways = 'To clear it, add ?null=clear to the address or send application/merge-patch+json; else leave it out';
  return { pointer, code: nullNotConfirmed, message: `${title} is null. ${ways}.` };
}

const asInPath: Joi.CustomValidator<string> = (value, { error, prefs }) =>
  sameId(value, String((prefs.context as { id: unknown }).id)) ? value : error('any.only');

const nothingToChange = { pointer: '', code: 'nothing-to-change', message: 'Name at least one property to change.' };

/** One value can break several of Joi's rules that are one mistake to the caller, such as a type and a list of members. */
function once(mistakes: readonly Mistake[]): Mistake[] {
  return [...new Map(mistakes.map((mistake) => [`${mistake.code} ${mistake.pointer}`, mistake])).values()];
}

function explain(
  { fields, object }: Table,
  validation: Validation,
  body: unknown,
  broken: Joi.ValidationErrorItem,
): Explanation {
  if (broken.path.length === 0) return { code: 'wrong-type', message: 'The body must be one JSON object.' };
  if (broken.type === 'object.unknown')
    return { code: 'unknown-property', message: `This property is not part of a ${object}.` };
  const name = String(broken.path[0]);
  if (name === 'id') return { code: 'id-mismatch', message: 'The id must be the one in the path; leave it out.' };
  const field = fields[name];
  if (field === undefined)
    return { code: 'wrong-odata-type', message: 'The @odata.type must be that of this resource; leave it out.' };

  const value = (body as Record<string, unknown>)[name];
  if (value === null) return { code: 'not-nullable', message: `${field.title} cannot be null.` };
  return typeof value === field.jsonType ? field.explain(broken, validation) : wrongType(field, value);
}

/** Rows of an Excel table reach a flow as texts: the sentence says how a flow makes a value of one. */
function wrongType({ title, noun, nullable, flowFunction }: Field<unknown>, value: unknown): Explanation {
  const conversion =
    typeof value === 'string' && flowFunction !== undefined
      ? `, not a text: in a flow, convert it with ${flowFunction}`
      : '';
  return { code: 'wrong-type', message: `${title} must be ${noun}${nullable ? ' or null' : ''}${conversion}.` };
}
