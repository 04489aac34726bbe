import { expect, test } from '@jest/globals';
import { beginChunk, endChunk, readChunk, writeResult, type ChunkRecord } from '../../src/jobs/record.js';
import type { RowResult } from '../../src/jobs/job.js';
import type { Blobs, Tag } from '../../src/jobs/storage.js';
import { storageFor } from './world/storage.js';
import { World } from './world/world.js';

/** One chunk of one row, and runners who meet at it. */
function meeting() {
  const world = new World(1, { workers: 0 });
  const { data } = storageFor(world, world.newProcess('test'));
  const soon = async <T>(answer: Promise<T>) => {
    await world.run(world.nowMs + 1_000);
    return answer;
  };
  return {
    data,
    soon,
    begin: (by: string, through: Blobs = data) => soon(beginChunk(through, name, recordOf(by))),
    read: async () => (await soon(readChunk(data, name)))?.record,
  };
}

const name = 'job/run/chunks/0';
const recordOf = (by: string): ChunkRecord => ({ before: [{ id: `before ${by}` }], readMs: 1, by, attempt: 1 });
const applied: readonly RowResult[] = [{ outcome: 'applied' }];
const refused: readonly RowResult[] = [{ outcome: 'not-applied' }];

/** The storage in whose place something happens first: an answer is lost, or somebody comes between. */
const before = (data: Blobs, operation: 'create' | 'replace', happens: () => Promise<unknown>): Blobs => {
  const first = (later: () => Promise<Tag | undefined>) => happens().then(later);
  return operation === 'create'
    ? { ...data, create: (...given) => first(() => data.create(...given)) }
    : { ...data, replace: (...given) => first(() => data.replace(...given)) };
};

test('F73 whoever takes a chunk up rewrites it: its earlier runner can say nothing more', async () => {
  const { data, soon, begin, read } = meeting();
  const first = await begin('a');
  const second = await begin('b');
  expect(second?.record).toEqual({ ...recordOf('a'), by: 'b', attempt: 2 });
  expect(first && (await soon(writeResult(data, name, first, refused)))).toBe(false);
  expect(await read()).toEqual(second?.record);
  expect(second && (await soon(writeResult(data, name, second, applied)))).toBe(true);
  expect(first && (await soon(writeResult(data, name, first, refused)))).toBe(false);
  expect(await read()).toEqual({ ...second?.record, rows: applied });
});

test('a chunk that has its result is not begun again', async () => {
  const { data, soon, begin } = meeting();
  const first = await begin('a');
  if (first) await soon(writeResult(data, name, first, applied));
  expect([await begin('a'), await begin('b')]).toEqual([undefined, undefined]);
});

test('F75 whose own record was written and its answer lost goes on: it is no later attempt', async () => {
  const { data, begin } = meeting();
  const repeated = before(data, 'create', () => data.create(name, JSON.stringify(recordOf('a'))));
  expect(await begin('a', repeated)).toMatchObject({ record: recordOf('a') });
});

test('F75 whose own rewriting was done and its answer lost goes on', async () => {
  const { data, begin, read } = meeting();
  const first = await begin('a');
  const rewritten = JSON.stringify({ ...first?.record, by: 'b', attempt: 2 });
  const repeated = before(data, 'replace', () => data.replace(name, rewritten, first?.tag ?? ''));
  expect(await begin('b', repeated)).toMatchObject({ record: { by: 'b', attempt: 2 } });
  expect(await read()).toMatchObject({ by: 'b', attempt: 2 });
});

test('F73 who finds that another one was faster in taking a chunk up leaves it', async () => {
  const { data, begin, read } = meeting();
  await begin('a');
  const overtaken = before(data, 'replace', () => beginChunk(data, name, recordOf('c')));
  expect(await begin('b', overtaken)).toBeUndefined();
  expect(await read()).toMatchObject({ by: 'c', attempt: 2 });
});

test('F75 whose own result was written and its answer lost has told it', async () => {
  const { data, soon, begin } = meeting();
  const first = await begin('a');
  if (first === undefined) throw new Error('It was not begun.');
  await soon(writeResult(data, name, first, applied));
  expect(await soon(writeResult(data, name, first, applied))).toBe(true);
});

test('F80 the end of a chunk leaves a result that is faster', async () => {
  const { data, soon, begin } = meeting();
  const first = await begin('a');
  const overtaken = before(data, 'replace', async () => first && writeResult(data, name, first, applied));
  expect(await soon(endChunk(overtaken, name, 1))).toMatchObject({ applied: 1, unknown: 0 });
});
