import { beforeAll, describe, expect, test } from '@jest/globals';
import { useSystem } from '../support/useSystem.js';
import { graphRows, type GraphRow } from './graph.js';
import { atMost, leaks, play, samePlatformToken, scaled, wanted, type Played } from '../support/play.js';

// The same faults, where Graph is only read: a preview has nothing to leave in doubt, and an update goes on without its audit's "from".

const system = useSystem(scaled);
let previews: Promise<Played>[];
let updates: Promise<Played>[];
beforeAll(() => {
  system.emulator.arm(samePlatformToken);
  const all = <T>(one: (row: GraphRow) => Promise<T>) =>
    atMost(
      30,
      graphRows.map((row) => () => one(row)),
    );
  previews = all(({ id }) => play(system, [{ fault: id, method: 'GET', times: 'always' }], 'preview'));
  updates = all(({ id }) => play(system, [{ fault: id, method: 'GET' }]));
});

const numbered = graphRows.map((row, index) => ({ ...row, index }));
const succeeding = (name: 'read' | 'afterRead') => numbered.filter((row) => row[name] === undefined);
const failing = (name: 'read' | 'afterRead') => numbered.filter((row) => row[name] !== undefined);

describe('a preview meets a fault of Graph', () => {
  test.each(succeeding('read'))('$id, which does not concern it', async ({ index }) => {
    const played = await previews[index];
    expect(played?.body).toMatchObject({ id: played?.before.id, changes: expect.any(Array) });
    expect(played?.writes).toEqual([]);
  });

  test.each(failing('read'))('$id: $read', async ({ index, read }) => {
    const played = await previews[index];
    expect(played?.body).toMatchObject({ error: { code: read }, outcome: 'not-applied' });
    expect(leaks(played?.answer.text ?? '')).toEqual([]);
    expect(played?.writes).toEqual([]);
    expect(played?.after).toEqual(played?.before);
  });
});

describe('the read before a write meets a fault of Graph', () => {
  test.each(succeeding('afterRead'))('$id, and the write follows', async ({ index }) => {
    const played = await updates[index];
    expect(played?.answer.status).toBe(200);
    expect(played?.after.model).toBe(wanted.model);
  });

  test.each(failing('afterRead'))('$id: $afterRead', async ({ index, afterRead }) => {
    const played = await updates[index];
    expect(played?.body).toMatchObject({ error: { code: afterRead }, outcome: 'not-applied' });
    expect(played?.writes).toEqual([]);
  });

  const waits = numbered.filter(({ waitMs = 0, afterRead }) => waitMs >= 1900 && afterRead === undefined);
  test.each(waits)('F04c $id: the write waits as the read was told', async ({ index, waitMs = 0 }) => {
    const played = await updates[index];
    const [read] = system.emulator.requests({ id: played?.before.id ?? '', method: 'GET' });
    expect((played?.writes[0]?.at ?? 0) - (read?.at ?? 0)).toBeGreaterThanOrEqual(waitMs);
  });
});
