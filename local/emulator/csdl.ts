import type { Field } from '../../src/resource/field.js';
import { sameId } from '../../src/resource/id.js';
import type { ModelPerformance } from '../../src/resource/modelPerformance.js';
import type { Resource } from '../../src/resource/resource.js';

/** Unlike a reader of Graph's answers, Graph itself takes the members of its enumerations alone. */
function holds({ fits, members }: Field<unknown>, value: unknown): boolean {
  return fits(value) && (members === undefined || Object.hasOwn(members, String(value)));
}

/**
 * Reads the body of a PATCH as Graph does with the type's metadata: known properties, their Edm types, null only where it
 * is allowed, no other key and no other type.
 * @returns the properties to change, or the sentence of the refusal
 */
export function readChange(
  { fields, odataType }: Resource,
  body: unknown,
  id: string,
): { wanted: Partial<ModelPerformance> } | { refusal: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { refusal: 'The body is not an object.' };
  const wanted: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field) {
      const good = value === null ? field.nullable : holds(field, value);
      if (!good)
        return { refusal: `Cannot convert the value of property '${name}' to the expected type '${field.edmType}'.` };
      wanted[name] = value;
    } else if (name === '@odata.type') {
      if (value !== odataType) return { refusal: `The type '${String(value)}' is not the one of this collection.` };
    } else if (name === 'id') {
      if (typeof value !== 'string' || !sameId(value, id))
        return { refusal: 'The key of an object cannot be changed.' };
    } else {
      return { refusal: `The property '${name}' does not exist on type '${odataType.slice(1)}'.` };
    }
  }
  // Every value was held against its field above.
  return { wanted };
}
