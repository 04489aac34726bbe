import type { Field } from '../../src/resource/field.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import type { Answer } from './exchange.js';

const namespace = 'microsoft.graph';
const [rootName = '', collectionName = ''] = modelPerformance.path.split('/');
const typeName = modelPerformance.odataType.slice(`#${namespace}.`.length);
const enumName = (property: string) => `${property}State`;

/** `$metadata` of the one collection that there is, in the shape of Graph's: everybody may read it. */
export function answerMetadata(): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: writeMetadata() };
}

function writeMetadata(): string {
  const fields = Object.entries<Field<unknown>>(modelPerformance.fields);
  const enums = fields.map(([name, { members = {} }]) => {
    const written = Object.keys(members).map((member, value) => `<Member Name="${member}" Value="${value}" />`);
    return written.length === 0 ? '' : `<EnumType Name="${enumName(name)}">${written.join('')}</EnumType>`;
  });
  const properties = fields.map(([name, { edmType, nullable }]) => {
    const type = edmType === 'Enum' ? `graph.${enumName(name)}` : edmType;
    return `<Property Name="${name}" Type="${type}"${nullable ? '' : ' Nullable="false"'} />`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="${namespace}" Alias="graph" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${enums.join('')}
<EntityType Name="entity" Abstract="true"><Key><PropertyRef Name="id" /></Key><Property Name="id" Type="Edm.String" Nullable="false" /></EntityType>
<EntityType Name="${rootName}" BaseType="graph.entity"><NavigationProperty Name="${collectionName}" Type="Collection(graph.${typeName})" ContainsTarget="true" /></EntityType>
<EntityType Name="${typeName}" BaseType="graph.entity">
${properties.join('\n')}
</EntityType>
<EntityContainer Name="GraphService"><Singleton Name="${rootName}" Type="${namespace}.${rootName}" /></EntityContainer>
<Annotations Target="${namespace}.${rootName}/${collectionName}"><Annotation Term="Org.OData.Core.V1.Description" String="Models." /></Annotations>
</Schema>
</edmx:DataServices></edmx:Edmx>
`;
}
