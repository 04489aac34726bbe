import { beforeEach, describe, expect, test } from '@jest/globals';
import { conformance } from './conformance/cases.js';
import { json } from './support/host-fixture/process.js';
import { useSystem } from './support/useSystem.js';

const id = '7ec79407-9407-7ec7-0794-c77e0794c77e';
const graphPath = `/beta/deviceManagement/userExperienceAnalyticsWorkFromAnywhereModelPerformance/${id}`;
const odataType = '#microsoft.graph.userExperienceAnalyticsWorkFromAnywhereModelPerformance';

/** The example of Graph's reference page of the update. */
const example = {
  model: 'Model value',
  manufacturer: 'Manufacturer value',
  modelDeviceCount: 0,
  workFromAnywhereScore: 7.0,
  windowsScore: 4.0,
  cloudManagementScore: 6.666666666666667,
  cloudIdentityScore: 6.0,
  cloudProvisioningScore: 7.333333333333333,
  healthStatus: 'insufficientData',
};

const system = useSystem();
beforeEach(() => {
  system.emulator.reset();
});

const patch = (body: string, headers = {}, of = id) => system.patch(of, body, headers);

describe('the example of the reference page', () => {
  test.each([
    ['as it is', example],
    ['with @odata.type', { '@odata.type': odataType, ...example }],
    ['with the id', { id, ...example }],
  ])('%s is applied', async (_, body) => {
    const answer = await patch(JSON.stringify(body));
    expect(answer.status).toBe(200);
    expect(json(answer)).toEqual({ id, ...example });
    expect(system.emulator.model(id)).toMatchObject(example);

    const [write, ...more] = system.emulator.requests({ method: 'PATCH' });
    expect(more).toEqual([]);
    expect(write).toMatchObject({
      path: graphPath,
      headers: { authorization: expect.stringMatching(/^Bearer [\w-]+\./), 'content-type': 'application/json' },
    });
    expect(JSON.parse(write?.body ?? '')).toEqual({ '@odata.type': odataType, ...example });
    expect(write?.body).toContain('6.666666666666667');
  });

  test('as a merge patch', async () => {
    expect((await patch(JSON.stringify(example), { 'content-type': 'application/merge-patch+json' })).status).toBe(200);
  });
});

describe('bad input is named and reaches nobody', () => {
  const mistakes = (body: unknown) => (body as { errors: { pointer: string; code: string }[] }).errors;

  test('all mistakes at once, each with its pointer', async () => {
    const body = {
      windowsScore: '5',
      modelDeviceCount: 1.5,
      healthStatus: 'fine',
      nobody: 1,
      model: 'a\tb',
      cloudIdentityScore: null,
    };
    const answer = await patch(JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(mistakes(json(answer)).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/model', 'control-character'],
      ['/modelDeviceCount', 'out-of-range'],
      ['/windowsScore', 'wrong-type'],
      ['/cloudIdentityScore', 'not-nullable'],
      ['/healthStatus', 'not-a-member'],
      ['/nobody', 'unknown-property'],
    ]);
    expect(answer.text).toContain('float()');
    expect(answer.text).not.toContain('fine');
  });

  test.each([
    ['an empty object', '{}', 'invalid-body'],
    ['no body', '', 'invalid-json'],
    ['not JSON', '{windowsScore: 1}', 'invalid-json'],
    ['an array', '[]', 'invalid-body'],
    ['null', 'null', 'invalid-body'],
    ['another id', '{"id":"x","windowsScore":1}', 'invalid-body'],
    ['another type', '{"@odata.type":"#microsoft.graph.user","windowsScore":1}', 'invalid-body'],
    ['a property twice', '{"windowsScore":1,"windows\\u0053core":2}', 'duplicate-key'],
    ['a way to the prototype', '{"__proto__":{},"windowsScore":1}', 'invalid-body'],
    ['more than a double', '{"windowsScore":1e400}', 'invalid-body'],
  ])('%s', async (_, body, code) => {
    const answer = await patch(body);
    expect(json(answer)).toMatchObject({ error: { code }, outcome: 'not-applied' });
    expect(system.emulator.requests()).toEqual([]);
  });

  test.each(['%20', 'a%2Fb', 'a%5Cb', 'x'.repeat(300), 'a;b', '%00', '$batch', 'a%3Fb', 'a%23b', '%E4'])(
    'the id %s',
    async (bad) => {
      const answer = await patch('{"windowsScore":1}', {}, bad);
      expect(answer.status).toBe(400);
      expect(system.emulator.requests()).toEqual([]);
    },
  );

  test('an unknown id is a 404 before anything is written', async () => {
    const answer = await patch('{"windowsScore":1}', {}, 'nobody');
    expect(json(answer)).toMatchObject({ error: { code: 'not-found' }, outcome: 'not-applied' });
    expect(system.emulator.requests({ method: 'PATCH' })).toEqual([]);
  });
});

test('a preview tells what would change and writes nothing', async () => {
  const windowsScore = system.emulator.model(id)?.windowsScore;
  const answer = await system.preview(id, { windowsScore: 1.5, model: system.emulator.model(id)?.model });
  expect(json(answer)).toEqual({ id, changes: [{ property: 'windowsScore', from: windowsScore, to: 1.5 }] });
  expect(system.emulator.requests({ method: 'PATCH' })).toEqual([]);
});

describe('conformance', () => {
  conformance(() => ({ baseUrl: system.baseUrl, token: system.emulator.issue(), modelId: id }));
});
