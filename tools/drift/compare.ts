import type { Field } from '../../src/resource/field.js';
import type { Resource } from '../../src/resource/resource.js';
import type { Element } from './elements.js';
import type { EntityType, Metadata, Property } from './metadata.js';

/**
 * What Graph's metadata says otherwise than the resource's table, a sentence each; nothing when they agree. Compared are the collection,
 * the type, its properties, their types and nullability, the members of enumerations, and what restricts the update.
 */
export function compareResource(resource: Resource, metadata: Metadata): string[] {
  const typeName = resource.odataType.slice(1);
  const type = metadata.entityTypes.get(typeName);
  const properties = type && inherited(type, metadata);
  return [
    ...compareCollection(resource, typeName, metadata),
    ...(type === undefined ? [`Graph has no type ${typeName} any more.`] : []),
    ...(type?.open ? [`The type ${typeName} is open now: objects may hold properties of any name.`] : []),
    ...(properties ? compareProperties(resource, properties, metadata) : []),
  ];
}

/** A type's properties with those of the types that it is made of. */
function inherited({ baseType, properties }: EntityType, metadata: Metadata): Readonly<Record<string, Property>> {
  const base = metadata.entityTypes.get(baseType);
  return base ? { ...inherited(base, metadata), ...properties } : properties;
}

/** The way from the root of Graph to the collection, a segment each, and what is said of the collection and of its type. */
function compareCollection({ path }: Resource, typeName: string, metadata: Metadata): string[] {
  const [root = '', ...segments] = path.split('/');
  let at = metadata.roots.get(root);
  if (at === undefined) return [`Graph has no ${root} any more.`];
  const targets = [typeName];
  for (const segment of segments) {
    const owner = itemOf(at);
    const next = metadata.entityTypes.get(owner);
    const found = next && inherited(next, metadata)[segment];
    if (found === undefined) return [`${owner} has no ${segment} any more.`];
    targets.push(`${owner}/${segment}`);
    at = found.type;
  }
  for (const target of metadata.annotations.keys()) if (target.endsWith(`/${path}`)) targets.push(target);
  const wrong = itemOf(at) === typeName ? [] : [`${path} holds ${at} now, and not ${typeName}.`];
  return [...wrong, ...targets.flatMap((target) => restrictions(target, metadata))];
}

const itemOf = (type: string) => type.replace(/^Collection\((.+)\)$/, '$1');

function compareProperties(
  { fields, odataType }: Resource,
  properties: Readonly<Record<string, Property>>,
  metadata: Metadata,
): string[] {
  const ours = Object.entries(fields).flatMap(([name, field]) => {
    const theirs = properties[name];
    if (theirs === undefined) return [`Graph has no property ${name} any more.`];
    return [
      ...compareType(name, field, theirs, metadata),
      ...(theirs.nullable === field.nullable ? [] : [`${name} may ${theirs.nullable ? '' : 'not '}be null now.`]),
      ...restrictions(`${odataType.slice(1)}/${name}`, metadata),
    ];
  });
  const added = Object.keys(properties).filter((name) => name !== 'id' && !Object.hasOwn(fields, name));
  return [...ours, ...added.map((name) => `Graph has a new property ${name} (${properties[name]?.type ?? ''}).`)];
}

function compareType(name: string, { edmType, members = {} }: Field<unknown>, { type }: Property, metadata: Metadata) {
  if (edmType !== 'Enum') return type === edmType ? [] : [`${name} is ${type} now, and not ${edmType}.`];
  const known = metadata.enumTypes.get(type);
  if (known === undefined) return [`${name} is ${type} now, and not an enumeration.`];
  const lost = Object.keys(members).filter((member) => !known.members.includes(member));
  const added = known.members.filter((member) => !Object.hasOwn(members, member));
  return [
    ...(known.flags ? [`${name} can hold several members of ${type} at once now.`] : []),
    ...lost.map((member) => `${name} has no member ${member} any more.`),
    ...added.map((member) => `${name} has a new member ${member}.`),
  ];
}

/** Annotations that say that something may not be written, or will go. Source: the vocabularies Core and Capabilities of OData 4.01. */
function restrictions(target: string, metadata: Metadata): string[] {
  return (metadata.annotations.get(target) ?? []).flatMap((annotation) => {
    const term = annotation.attributes.Term?.split('.').at(-1) ?? '';
    const values = valuesIn(annotation);
    const annotated = (name: string, value: string) =>
      values.some(([key, held]) => key === name && held.endsWith(value));
    if (term === 'UpdateRestrictions') {
      const method = values.find(([key]) => key === 'UpdateMethod')?.[1] ?? 'PATCH';
      return [
        ...(annotated('Updatable', 'false') ? [`${target} cannot be updated any more.`] : []),
        ...(method.endsWith('PATCH') ? [] : [`${target} is updated with ${method.split('/').at(-1) ?? ''} now.`]),
        ...values
          .filter(([key]) => key === 'NonUpdatableProperties')
          .map(([, name]) => `${name} of ${target} cannot be updated any more.`),
      ];
    }
    if (term === 'Permissions' && values.some(([, held]) => /\/(Read|None)$/.test(held)))
      return [`${target} can only be read now.`];
    if ((term === 'Computed' || term === 'Immutable') && !annotated('', 'false'))
      return [`${target} is ${term.toLowerCase()} now: writing it does nothing.`];
    if (term === 'Revisions' && annotated('Kind', 'Deprecated')) {
      const about = (name: string) => values.find(([key]) => key === name)?.[1];
      const until = about('RemovalDate');
      return [
        `${target} is deprecated${until === undefined ? '' : `, and goes on ${until}`}: ${about('Description') ?? ''}`,
      ];
    }
    return [];
  });
}

const valueNames = ['Bool', 'String', 'EnumMember', 'Date', 'PropertyPath', 'NavigationPropertyPath'];

/** Every value of an annotation with the name of the innermost property that holds it; of a bare one the name is empty. */
function valuesIn({ attributes, children, text }: Element, property = ''): [string, string][] {
  const own = attributes.Property ?? property;
  const given = valueNames.flatMap((name) => attributes[name] ?? []);
  const inside = [...given, text.trim()].filter((value) => value !== '').map((value): [string, string] => [own, value]);
  return [...inside, ...children.flatMap((child) => valuesIn(child, own))];
}
