import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSystem, type System } from '../support/system.js';
import { graphRows, type GraphRow } from './graph.js';
import { atMost, leaks, play, scaled, wanted, type Played } from '../support/play.js';

// The same faults, where Graph is only read: a preview has nothing to leave in doubt, and an update goes on without its audit's "from".

let system: System;
let previews: Promise<Played>[];
let updates: Promise<Played>[];
beforeAll(async () => {
  system = await startSystem(scaled);
  const all = <T>(one: (row: GraphRow) => Promise<T>) =>
    atMost(
      30,
      graphRows.map((row) => () => one(row)),
    );
  previews = all(({ id }) => play(system, [{ fault: id, method: 'GET', times: 'always' }], 'preview'));
  updates = all(({ id }) => play(system, [{ fault: id, method: 'GET' }]));
});
afterAll(() => system.stop());

const numbered = graphRows.map((row, index) => ({ ...row, index }));

/** What a read says: nothing was written, and an answer without a usable body is an error of Graph. */
function expectedOfPreview({ fails, readBacks }: GraphRow) {
  if (fails === 'update-not-applied') return undefined;
  return fails ?? (readBacks ? 'graph-error' : undefined);
}

describe('a preview meets a fault of Graph', () => {
  test.each(numbered)('$id', async ({ index, ...row }) => {
    const played = await previews[index];
    const code = expectedOfPreview(row);
    expect(played?.writes).toEqual([]);
    expect(played?.after).toEqual(played?.before);
    if (code === undefined) expect(played?.body).toMatchObject({ id: played?.before.id, changes: expect.any(Array) });
    else {
      expect(played?.body).toMatchObject({ error: { code }, outcome: 'not-applied' });
      expect(leaks(played?.answer.text ?? '')).toEqual([]);
    }
  });
});

describe('the read before a write meets a fault of Graph', () => {
  test.each(numbered)('$id', async ({ index, fails }) => {
    const played = await updates[index];
    if (fails === 'not-found') {
      expect(played?.body).toMatchObject({ error: { code: 'not-found' }, outcome: 'not-applied' });
      expect(played?.writes).toEqual([]);
    } else {
      expect(played?.answer.status).toBe(200);
      expect(played?.after.model).toBe(wanted.model);
    }
  });
});
