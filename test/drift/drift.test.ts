import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../local/emulator/emulator.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';
import { compareResource } from '../../tools/drift/compare.js';
import { readSchemaElements } from '../../tools/drift/elements.js';
import { readMetadata } from '../../tools/drift/metadata.js';
import { run } from '../support/tools.js';

jest.setTimeout(120_000);

let emulator: Emulator;
let published = '';
const folder = mkdtempSync(join(tmpdir(), 'drift-'));
beforeAll(async () => {
  emulator = await startEmulator();
  published = await (await fetch(`${emulator.graphUrl}/beta/$metadata`)).text();
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A document as it comes over the net: in pieces that end anywhere. */
async function* inPieces(text: string, size = 997): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}
const changesIn = async (text: string, size?: number) =>
  compareResource(modelPerformance, await readMetadata(readSchemaElements(inPieces(text, size))));

/** The published document with one thing in it changed; what is to be changed must be there. */
function changed(what: string | RegExp, into: string): string {
  const text = published.replace(what, into);
  if (text === published) throw new Error(`There is no ${String(what)}.`);
  return text;
}
/** The document with an element more at the end of its schema. */
const annotated = (target: string, annotation: string) =>
  changed('</Schema>', `<Annotations Target="${target}">${annotation}</Annotations></Schema>`);
const record = (term: string, values: string) =>
  `<Annotation Term="Org.OData.${term}"><Record>${values}</Record></Annotation>`;

const type = modelPerformance.odataType.slice(1);
const place = 'microsoft.graph.deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance';
const notUpdatable = record(
  'Capabilities.V1.UpdateRestrictions',
  '<PropertyValue Property="Updatable" Bool="false" />',
);

test.each([1, 3, 997, 1_000_000])('the emulator’s metadata agrees, in pieces of %d', async (size) => {
  expect(await changesIn(published, size)).toEqual([]);
});

describe('what Graph changes is told', () => {
  test.each([
    {
      what: 'the type is gone',
      text: () => changed(`EntityType Name="${type.split('.').at(-1) ?? ''}"`, 'EntityType Name="other"'),
      message: [`Graph has no type ${type} any more.`],
    },
    {
      what: 'the root is gone',
      text: () => changed('Singleton Name="deviceManagement"', 'Singleton Name="management"'),
      message: ['Graph has no deviceManagement any more.'],
    },
    {
      what: 'the collection is gone',
      text: () => changed(/<NavigationProperty .*?\/>/, ''),
      message: [`${place.replace('/', ' has no ')} any more.`],
    },
    {
      what: 'the collection holds something else',
      text: () => changed(/Collection\(graph\.\w+\)/, 'Collection(graph.entity)'),
      message: [expect.stringMatching(/holds Collection\(microsoft\.graph\.entity\) now/)],
    },
    {
      what: 'a property is gone and another is there',
      text: () => changed('Name="windowsScore"', 'Name="windowScore"'),
      message: ['Graph has no property windowsScore any more.', 'Graph has a new property windowScore (Edm.Double).'],
    },
    {
      what: 'a property has another type',
      text: () => changed('"modelDeviceCount" Type="Edm.Int32"', '"modelDeviceCount" Type="Edm.Int64"'),
      message: ['modelDeviceCount is Edm.Int64 now, and not Edm.Int32.'],
    },
    {
      what: 'a property may be null',
      text: () => changed('"windowsScore" Type="Edm.Double" Nullable="false"', '"windowsScore" Type="Edm.Double"'),
      message: ['windowsScore may be null now.'],
    },
    {
      what: 'a property may not be null',
      text: () => changed('"model" Type="Edm.String"', '"model" Type="Edm.String" Nullable="false"'),
      message: ['model may not be null now.'],
    },
    {
      what: 'an enumeration loses and gains members',
      text: () => changed('Member Name="meetingGoals"', 'Member Name="metGoals"'),
      message: ['healthStatus has no member meetingGoals any more.', 'healthStatus has a new member metGoals.'],
    },
    {
      what: 'an enumeration takes several at once',
      text: () => changed('<EnumType ', '<EnumType IsFlags="true" '),
      message: [expect.stringMatching(/^healthStatus can hold several members/)],
    },
    {
      what: 'an enumeration is a text',
      text: () => changed('Type="graph.healthStatusState"', 'Type="Edm.String"'),
      message: ['healthStatus is Edm.String now, and not an enumeration.'],
    },
    {
      what: 'the type is open',
      text: () =>
        changed(
          `Name="${type.split('.').at(-1) ?? ''}" BaseType`,
          `Name="${type.split('.').at(-1) ?? ''}" OpenType="true" BaseType`,
        ),
      message: [expect.stringMatching(/is open now/)],
    },
    {
      what: 'the collection cannot be updated',
      text: () => annotated(place, notUpdatable),
      message: [`${place} cannot be updated any more.`],
    },
    {
      what: 'the same, by the alias of the schema',
      text: () => annotated(place.replace('microsoft.graph', 'graph'), notUpdatable),
      message: [`${place} cannot be updated any more.`],
    },
    {
      what: 'the same, of the container’s',
      text: () => annotated(`microsoft.graph.GraphService/${modelPerformance.path}`, notUpdatable),
      message: [`microsoft.graph.GraphService/${modelPerformance.path} cannot be updated any more.`],
    },
    {
      what: 'the same, inside the property that leads to it',
      text: () => changed(/(<NavigationProperty .*?)\/>/, `$1>${notUpdatable}</NavigationProperty>`),
      message: [`${place} cannot be updated any more.`],
    },
    {
      what: 'the update has another method',
      text: () =>
        annotated(
          place,
          record(
            'Capabilities.V1.UpdateRestrictions',
            '<PropertyValue Property="UpdateMethod"><EnumMember>Org.OData.Capabilities.V1.HttpMethod/PUT</EnumMember></PropertyValue>',
          ),
        ),
      message: [`${place} is updated with PUT now.`],
    },
    {
      what: 'a property cannot be updated',
      text: () =>
        annotated(
          type,
          record(
            'Capabilities.V1.UpdateRestrictions',
            '<PropertyValue Property="NonUpdatableProperties"><Collection><PropertyPath>windowsScore</PropertyPath></Collection></PropertyValue>',
          ),
        ),
      message: [`windowsScore of ${type} cannot be updated any more.`],
    },
    {
      what: 'a property can only be read',
      text: () =>
        annotated(
          `${type}/windowsScore`,
          '<Annotation Term="Org.OData.Core.V1.Permissions" EnumMember="Org.OData.Core.V1.Permission/Read" />',
        ),
      message: [`${type}/windowsScore can only be read now.`],
    },
    {
      what: 'a property is computed',
      text: () => annotated(`${type}/windowsScore`, '<Annotation Term="Org.OData.Core.V1.Computed" Bool="true" />'),
      message: [`${type}/windowsScore is computed now: writing it does nothing.`],
    },
    {
      what: 'the type is deprecated',
      text: () =>
        annotated(
          type,
          '<Annotation Term="Org.OData.Core.V1.Revisions"><Collection><Record><PropertyValue Property="Description" String="Gone soon." /><PropertyValue Property="Kind"><EnumMember>Org.OData.Core.V1.RevisionKind/Deprecated</EnumMember></PropertyValue><PropertyValue Property="RemovalDate" Date="2028-04-10" /></Record></Collection></Annotation>',
        ),
      message: [`${type} is deprecated, and goes on 2028-04-10: Gone soon.`],
    },
  ])('$what', async ({ text, message }) => {
    expect(await changesIn(text())).toEqual(message);
  });
});

test.each([
  { what: 'what may be done all the same', text: () => annotated(place, notUpdatable.replace('false', 'true')) },
  {
    what: 'what is computed by no means',
    text: () => annotated(`${type}/model`, '<Annotation Term="Org.OData.Core.V1.Computed" Bool="false" />'),
  },
  { what: 'other types', text: () => annotated('microsoft.graph.user', notUpdatable) },
  {
    what: 'a property that comes from a base type',
    text: () =>
      changed(/<Property Name="model" .*?\/>/, '').replace(
        /(<EntityType Name="entity".*?)<\/EntityType>/,
        '$1<Property Name="model" Type="Edm.String" /></EntityType>',
      ),
  },
])('is no change: $what', async ({ text }) => {
  expect(await changesIn(text())).toEqual([]);
});

test.each([
  { what: 'cut off', text: () => published.slice(0, -20) },
  { what: 'no XML', text: () => '{"error":{"code":"BadRequest"}}' },
  { what: 'a page of HTML', text: () => '<html><body>Sorry</body></html>' },
  { what: 'empty', text: () => '' },
])('a document that is $what is an error, and no change', async ({ text }) => {
  await expect(changesIn(text())).rejects.toThrow(Error);
});

describe('npm run drift', () => {
  const drift = (...given: string[]) => run([process.execPath, 'dist/tools/drift/main.js', ...given]);
  function file(text: string): string {
    const path = join(folder, 'metadata.xml');
    writeFileSync(path, text);
    return path;
  }

  test('nothing has changed: exit code 0', async () => {
    const address = `${emulator.graphUrl}/v1.0/$metadata`;
    expect(await drift('--metadata', address)).toEqual({
      code: 0,
      out: `Nothing has changed in ${address}.\n`,
      err: '',
    });
  });

  test('something has: a sentence each, and exit code 1', async () => {
    const { code, out } = await drift('--metadata', file(changed('"Edm.Int32"', '"Edm.Int16"')));
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringMatching(/^changed {2}modelDeviceCount is Edm\.Int16 now.*\n1 changed in .*OPERATE\.md/),
    });
  });

  test.each([
    ['an answer that is none', () => `${emulator.graphUrl}/beta/nothing`, /has status 401/],
    ['nobody there', () => 'http://127.0.0.1:1/', /the connection fails/],
    ['no such file', () => join(folder, 'nothing.xml'), /ENOENT/],
    ['no metadata', () => file('<html/>'), /no schema/],
  ])('%s: exit code 3', async (_, where, message) => {
    const { code, out, err } = await drift('--metadata', where());
    expect({ code, out, err }).toEqual({ code: 3, out: '', err: expect.stringMatching(message) });
  });

  test.each([[['--version', 'v2.0']], [['--cloud', 'moon']], [['--all']]])(
    '%j is refused in one line',
    async (given) => {
      const { code, out, err } = await drift(...given);
      expect({ code, out, err }).toEqual({
        code: 2,
        out: '',
        err: expect.stringMatching(/^.+ See npm run drift -- --help\.\n$/),
      });
    },
  );

  test('--help tells how', async () => {
    expect(await drift('--help')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Exit code') });
  });
});
