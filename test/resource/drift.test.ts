import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

const types = readFileSync(require.resolve('@microsoft/microsoft-graph-types-beta/microsoft-graph.d.ts'), 'utf8');

/** Properties of one of Microsoft's published interfaces, each with its type as it is written there. */
function published(name: string): Record<string, string> {
  const [, body = ''] = new RegExp(`interface ${name} extends Entity \\{(.*?)\\n\\}`, 's').exec(types) ?? [];
  const uncommented = body.replaceAll(/\/\*\*.*?\*\/|\/\/[^\n]*/gs, '');
  return Object.fromEntries(
    [...uncommented.matchAll(/(\w+)\?: ([^;]+);/g)].map(([, property = '', type = '']) => [property, type]),
  );
}

const typescript: Record<string, string> = {
  'Edm.String': 'string',
  'Edm.Int32': 'number',
  'Edm.Double': 'number',
  Enum: 'UserExperienceAnalyticsHealthState',
};

describe('the table of fields is what Microsoft publishes', () => {
  test('by name, type and nullability', () => {
    const ours = Object.entries(modelPerformance.fields).map(([name, { edmType, nullable }]) => [
      name,
      nullable ? `NullableOption<${typescript[edmType] ?? ''}>` : typescript[edmType],
    ]);
    expect(published('UserExperienceAnalyticsWorkFromAnywhereModelPerformance')).toEqual(Object.fromEntries(ours));
  });

  test('by the members of the health status', () => {
    const [, members = ''] = /type UserExperienceAnalyticsHealthState =([^;]+);/.exec(types) ?? [];
    const names = [...members.matchAll(/"(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(modelPerformance.fields.healthStatus.members ?? {})).toEqual(names);
  });
});
