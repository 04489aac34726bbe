import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { seed, type Model } from '../../local/emulator/models.js';
import { json } from '../support/host-fixture/process.js';
import { scaled } from '../support/play.js';
import type { System } from '../support/system.js';
import { useSystem } from '../support/useSystem.js';
import { found } from '../support/until.js';

// Graph shows values that are not of their property's type.

const path = '/api/v1/model-performance';

const system = useSystem({ ...scaled, TELEMETRY_INTERVAL_MS: '100' }, { telemetry: true });

/** For each way to play it: the properties that are shown as null, and those of them that drifted. */
const rows: Readonly<Record<string, { readonly none: readonly (keyof Model)[] }>> = {
  'F29-nan': { none: ['windowsScore'] },
  'F29-inf': { none: ['windowsScore', 'cloudIdentityScore'] },
  'F29-fraction': { none: ['modelDeviceCount'] },
  'F29-beyond-int32': { none: ['modelDeviceCount'] },
  'F29-beyond-double': { none: ['windowsScore'] },
  'F29-number-for-text': { none: ['model', 'healthStatus'] },
  'F29-object': { none: ['model', 'windowsScore', 'healthStatus'] },
  'F29-null': { none: ['windowsScore', 'healthStatus'] },
  'F29-nested': { none: ['model', 'modelDeviceCount'] },
};
const plays = Object.entries(rows).map(([fault, row]) => ({ fault, ...row }));

const without = (model: Model | undefined, none: readonly (keyof Model)[]) => ({
  ...model,
  ...Object.fromEntries(none.map((name) => [name, null])),
});

/** A model of its own, so that a fault strikes nobody else. */
function own(): Model {
  const [example] = seed();
  const model = { ...example, id: randomUUID() } as Model;
  system.emulator.put(model);
  return model;
}

describe('F29 a value that is not of its type', () => {
  test.each(plays)('$fault: is null in a model, and the others are as they are', async ({ fault, none }) => {
    const model = own();
    system.emulator.arm({ fault, model: model.id });
    const answer = await system.call(`${path}/${model.id}`);
    expect([answer.status, json(answer)]).toEqual([200, without(model, none)]);
  });

  test.each(plays)('$fault: loses nobody the rest of a list, as JSON and as CSV', async ({ fault, none }) => {
    const models = system.emulator.models();
    const [first, ...others] = models;
    system.emulator.arm({ fault });
    const answer = await system.call(path);
    expect([answer.status, json(answer)]).toEqual([200, { value: [without(first, none), ...others] }]);

    system.emulator.arm({ fault });
    const { text } = await system.call(`${path}?limit=1`, { headers: { accept: 'text/csv' } });
    const cells = Object.values(without(first, none)).map((value) => String(value ?? ''));
    expect(text.split('\r\n')[1]).toBe(cells.join(','));
  });

  test.each(plays)('$fault: a preview says that it would change from null', async ({ fault, none }) => {
    const model = own();
    const [name] = none;
    system.emulator.arm({ fault, model: model.id });
    const body = { [String(name)]: model[name ?? 'id'] };
    const answer = await system.preview(model.id, body);
    expect(json(answer)).toEqual({ id: model.id, changes: [{ property: name, from: null, to: model[name ?? 'id'] }] });
  });

  test('is not the null that was wanted: such an update is never told as applied', async () => {
    const model = own();
    system.emulator.arm({ fault: 'F29-nested', model: model.id, method: 'any', times: 'always' });
    const answer = await system.call(`${path}/${model.id}?null=clear`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"model":null}',
    });
    expect(json(answer)).toMatchObject({ status: 424, outcome: 'unknown', errors: [{ pointer: '/model' }] });
  });

  test('costs the caller of another property nothing, is audited as not known before, and measured', async () => {
    const model = own();
    system.emulator.arm({ fault: 'F29-nested', model: model.id, method: 'any', times: 'always' });
    const answer = await system.patch(model.id, { modelDeviceCount: 5, windowsScore: 1.5 });
    expect(json(answer)).toMatchObject({ status: 424, outcome: 'unknown', errors: [{ pointer: '/modelDeviceCount' }] });
    const good = await system.patch(model.id, { windowsScore: 2.5 });
    expect([good.status, json(good)]).toMatchObject([200, { windowsScore: 2.5, model: null }]);

    const event = await reported(system, 'Event', `"resourceId":"${model.id}"`);
    expect(event).toContain(String.raw`{\"property\":\"modelDeviceCount\",\"fromKnown\":false,\"to\":5}`);
    expect(await reported(system, 'Metric', '"property":"model"')).toContain('"schemaDrift"');
  });
});

/** The first envelope of a kind that holds a text. */
const reported = ({ emulator }: System, kind: string, text: string): Promise<string> =>
  found(`an envelope of ${kind} with ${text}`, () =>
    emulator.ingestion
      .envelopes(kind)
      .map((one) => JSON.stringify(one))
      .find((one) => one.includes(text)),
  );
