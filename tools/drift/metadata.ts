import type { Element, SchemaElement } from './elements.js';

/** A property or navigation property of an entity type. */
export interface Property {
  /** Full name, such as `Edm.Int32`, `microsoft.graph.state` or `Collection(microsoft.graph.state)`. */
  readonly type: string;
  readonly nullable: boolean;
}

export interface EntityType {
  /** Full name; empty when there is none. */
  readonly baseType: string;
  readonly open: boolean;
  readonly properties: Readonly<Record<string, Property>>;
}

export interface EnumType {
  readonly flags: boolean;
  readonly members: readonly string[];
}

/** What a `$metadata` document says, by full names. */
export interface Metadata {
  readonly entityTypes: Map<string, EntityType>;
  readonly enumTypes: Map<string, EnumType>;
  /** Type of each entity set and singleton, by its name. */
  readonly roots: Map<string, string>;
  /** Annotations by what they are about: `type`, `type/property`, `container/name`. */
  readonly annotations: Map<string, Element[]>;
}

/** Names and types of a CSDL document. Source: OData CSDL XML 4.01. */
export async function readMetadata(elements: AsyncIterable<SchemaElement>): Promise<Metadata> {
  const metadata: Metadata = {
    entityTypes: new Map(),
    enumTypes: new Map(),
    roots: new Map(),
    annotations: new Map(),
  };
  const aliases = new Map<string, string>();
  for await (const { schema, element } of elements) {
    const { Namespace = '', Alias } = schema;
    if (Alias !== undefined) aliases.set(Alias, Namespace);
    take(metadata, element, Namespace, (name) =>
      name.replace(/(?<=^|\()[^./()]+(?=\.)/, (first) => aliases.get(first) ?? first),
    );
  }
  return metadata;
}

type FullName = (name: string) => string;

function take(metadata: Metadata, element: Element, namespace: string, full: FullName): void {
  const { name, attributes, children } = element;
  const own = `${namespace}.${attributes.Name ?? ''}`;
  if (name === 'EntityType') {
    metadata.entityTypes.set(own, readEntityType(element, full));
    annotate(metadata, own, element);
  } else if (name === 'EnumType') {
    const members = children.filter((child) => child.name === 'Member').map((member) => member.attributes.Name ?? '');
    metadata.enumTypes.set(own, { flags: attributes.IsFlags === 'true', members });
    annotate(metadata, own, element);
  } else if (name === 'EntityContainer') {
    for (const child of children) {
      const { Name = '', Type = '', EntityType: type = '' } = child.attributes;
      if (child.name === 'Singleton') metadata.roots.set(Name, full(Type));
      if (child.name === 'EntitySet') metadata.roots.set(Name, full(type));
    }
    annotate(metadata, own, element);
  } else if (name === 'Annotations') {
    annotate(metadata, full(attributes.Target ?? ''), element);
  }
}

function readEntityType({ attributes, children }: Element, full: FullName): EntityType {
  const properties = children
    .filter(({ name }) => name === 'Property' || name === 'NavigationProperty')
    .map(({ attributes: { Name = '', Type = '', Nullable } }): [string, Property] => [
      Name,
      { type: full(Type), nullable: Nullable !== 'false' },
    ]);
  return {
    baseType: full(attributes.BaseType ?? ''),
    open: attributes.OpenType === 'true',
    properties: Object.fromEntries(properties),
  };
}

/** Annotations stand inside of what they are about, or in an element of their own that names it. */
function annotate(metadata: Metadata, target: string, element: Element): void {
  const found = element.children.filter(({ name }) => name === 'Annotation');
  if (found.length > 0) metadata.annotations.set(target, [...(metadata.annotations.get(target) ?? []), ...found]);
  for (const child of element.children)
    if (child.attributes.Name !== undefined) annotate(metadata, `${target}/${child.attributes.Name}`, child);
}
