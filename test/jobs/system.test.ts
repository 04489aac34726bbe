import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { QueueClient } from '@azure/storage-queue';
import { names } from '../../src/jobs/azure.js';
import type { JobView } from '../../src/jobs/view.js';
import type { Answer, Sent } from '../support/host-fixture/process.js';
import type { Instance } from '../support/system.js';
import { useJobSystem } from '../support/useSystem.js';
import { found, until } from '../support/until.js';

/** Windows and waits scaled down, so that a job of 60 rows takes seconds. */
const environment = {
  PACE_WINDOW_MS: '2000',
  PACE_BLOCK_MS: '200',
  STORAGE_RETRY_MS: '50',
  // The shortest lease that storage knows, and what must be longer than it.
  JOB_LEASE_MS: '15000',
  JOB_RENEW_MS: '3000',
  JOB_QUIET_MS: '10000',
  JOB_HEIR_MS: '16000',
  JOB_LOOK_MS: '16000',
  READ_BACK_DELAYS_MS: '0,100,200',
};

const system = useJobSystem({ environment, quota: { writes: 100, windowMs: 2_000, wait: 'header' } });
let instance: Instance;
beforeAll(() => {
  instance = system.first;
});
afterEach(() => {
  system.proxy.clear();
  system.emulator.disarm();
});

const jobs = '/api/v1/model-performance/jobs';
let count = 0;

/** So many models that nobody else has. */
function models(rows: number): string[] {
  const [example] = system.emulator.models();
  if (example === undefined) throw new Error('The emulator has no model.');
  return Array.from({ length: rows }, () => {
    const id = randomUUID();
    system.emulator.put({ ...example, id, modelDeviceCount: 1 });
    return id;
  });
}

const updatesOf = (ids: readonly string[]) => ids.map((id) => ({ id, modelDeviceCount: 1_000 + count++ }));

function submit(
  updates: readonly object[],
  key: string = randomUUID(),
  headers: Sent['headers'] = {},
): Promise<Answer> {
  const all = { 'content-type': 'application/json', 'idempotency-key': key, ...headers };
  return instance.call(jobs, { method: 'POST', headers: all, body: JSON.stringify({ updates }) });
}

const viewOf = ({ text }: Answer) => JSON.parse(text) as JobView;
const codeOf = ({ text }: Answer) => (JSON.parse(text) as { error: { code: string } }).error.code;

/** The job when it has ended; each progress on the way adds up. */
async function untilEnded({ jobId }: JobView, by = instance): Promise<JobView> {
  const ended = async () => {
    const view = viewOf(await by.call(`${jobs}/${jobId}`));
    const { total, ...others } = view.rows;
    expect(Object.values(others).reduce((sum, rows) => sum + rows, 0)).toBe(total);
    return view.endedAt === undefined ? undefined : view;
  };
  return found('the end of the job', ended, { everyMs: 200, limitMs: 110_000 });
}

interface Told {
  readonly row: number;
  readonly id: string;
  readonly outcome: string;
  readonly code?: string;
  readonly from?: { readonly modelDeviceCount: number };
}

async function resultOf({ jobId }: JobView): Promise<Told[]> {
  return (JSON.parse((await instance.call(`${jobs}/${jobId}/result`)).text) as { value: Told[] }).value;
}

const writesOf = (id: string) => system.emulator.requests({ id, method: 'PATCH' }).length;
const holds = (id: string) => system.emulator.model(id)?.modelDeviceCount;

test('a job applies its rows, tells each, and gives what undoes it', async () => {
  const updates = updatesOf(models(45));
  const answer = await submit(updates);
  expect([answer.status, answer.headers['retry-after']]).toEqual([201, '15']);
  expect(answer.headers.location).toBe(`${instance.baseUrl}${jobs}/${viewOf(answer).jobId}`);
  const early = await instance.call(`${jobs}/${viewOf(answer).jobId}/result`);
  expect([early.status, codeOf(early), early.headers['retry-after']]).toEqual([409, 'job-not-finished', '15']);

  const view = await untilEnded(viewOf(answer));
  expect(view).toMatchObject({ status: 'Succeeded', percent: 100, rows: { total: 45, applied: 45, pending: 0 } });
  const rows = await resultOf(view);
  expect(rows.map(({ row, id, outcome, from }) => [row, id, outcome, from])).toEqual(
    updates.map(({ id }, index) => [index + 1, id, 'applied', { modelDeviceCount: 1 }]),
  );
  expect(updates.map(({ id }) => [holds(id), writesOf(id)])).toEqual(
    updates.map(({ modelDeviceCount }) => [modelDeviceCount, 1]),
  );
  const { value } = JSON.parse((await instance.call(jobs)).text) as { value: JobView[] };
  expect(value[0]).toMatchObject({ jobId: view.jobId, status: 'Succeeded', rows: { total: 45 } });

  const previous = JSON.parse((await instance.call(`${jobs}/${view.jobId}/previous`)).text) as { updates: object[] };
  await untilEnded(viewOf(await submit(previous.updates)));
  expect(new Set(updates.map(({ id }) => holds(id)))).toEqual(new Set([1]));
});

test('F70 bad rows among 10 000: told by row, the first hundred, and nothing accepted', async () => {
  const updates = Array.from({ length: 10_000 }, (_, row) => ({
    id: `model-${row}`,
    modelDeviceCount: row % 50 === 7 ? 'many' : row,
  }));
  const answer = await submit(updates);
  const { errors, errorsTotal } = JSON.parse(answer.text) as { errors: { pointer: string }[]; errorsTotal: number };
  expect([answer.status, codeOf(answer), errors.length, errorsTotal, errors[1]?.pointer]).toEqual([
    ...[400, 'invalid-body', 100, 200, '/updates/57/modelDeviceCount'],
  ]);
  expect(system.proxy.requests().filter(({ number }) => number > 0)).toEqual([]);
});

describe('F71 storage is down at submit', () => {
  test.each([
    ['the header cannot be read', /^\/jobs\//, 'GET', 'not-applied'],
    ['the rows cannot be written', /\/rows$/, 'PUT', 'not-applied'],
    ['the header cannot be written', /^\/jobs\//, 'PUT', 'unknown'],
    ['it cannot be enqueued', /^\/model-performance-jobs\/messages/, 'POST', 'unknown'],
  ])('%s: 503, and the same key starts it', async (_, path, method, outcome) => {
    const [updates, key] = [updatesOf(models(2)), randomUUID()];
    system.proxy.strike((request) =>
      request.number > 0 && request.method === method && path.test(request.path) ? 'cut' : undefined,
    );
    const answer = await submit(updates, key);
    expect([answer.status, codeOf(answer), (JSON.parse(answer.text) as { outcome: string }).outcome]).toEqual([
      ...[503, 'storage-unavailable', outcome],
    ]);
    expect(answer.headers['retry-after']).toBe('10');
    system.proxy.clear();
    const again = await submit(updates, key);
    expect(again.status).toBe(201);
    expect(await untilEnded(viewOf(again))).toMatchObject({ rows: { applied: 2 } });
  });
});

test('F73 the same message many times at once: one runner, each row is sent once', async () => {
  const updates = updatesOf(models(40));
  const view = viewOf(await submit(updates));
  const queue = new QueueClient(system.storage.connectionString, names.queue);
  const message = Buffer.from(JSON.stringify({ job: view.jobId })).toString('base64');
  await Promise.all(Array.from({ length: 8 }, () => queue.sendMessage(message)));
  expect(await untilEnded(view)).toMatchObject({ status: 'Succeeded' });
  expect(new Set(updates.map(({ id }) => writesOf(id)))).toEqual(new Set([1]));
});

describe('F76 Graph answers badly in the middle', () => {
  test('some rows are throttled: only those go again', async () => {
    const updates = updatesOf(models(20));
    const [first, second] = updates;
    for (const { id } of [first, second].flatMap((update) => update ?? []))
      system.emulator.arm({ fault: 'F01', model: id, method: 'PATCH' });
    expect(await untilEnded(viewOf(await submit(updates)))).toMatchObject({ status: 'Succeeded' });
    expect(updates.map(({ id }) => writesOf(id))).toEqual(updates.map((_, row) => (row < 2 ? 2 : 1)));
  });

  test.each(['429', '400', '401', '500', '503', 'html', 'cut'])(
    'the whole batch: %s; everything goes again, and is applied',
    async (kind) => {
      const updates = updatesOf(models(20));
      const view = viewOf(await submit(updates));
      system.emulator.arm({ fault: `F76-envelope-${kind}`, method: 'POST', times: 2 });
      expect(await untilEnded(view)).toMatchObject({ status: 'Succeeded', rows: { applied: 20 } });
    },
  );

  test('a row that Graph refuses, and one that is not there: told, and the others are applied', async () => {
    const updates = [...updatesOf(models(3)), { id: 'not-there', modelDeviceCount: 5 }];
    system.emulator.arm({ fault: 'F15-400', model: updates[0]?.id ?? '', method: 'PATCH' });
    const view = await untilEnded(viewOf(await submit(updates)));
    expect(view).toMatchObject({ status: 'CompletedWithErrors', rows: { applied: 2, notApplied: 2 } });
    expect((await resultOf(view)).map(({ outcome, code }) => [outcome, code])).toEqual([
      ['not-applied', 'rejected-by-graph'],
      ['applied', undefined],
      ['applied', undefined],
      ['not-applied', 'not-found'],
    ]);
  });
});

describe('F77', () => {
  const send = (text: string) =>
    new QueueClient(system.storage.connectionString, names.queue).sendMessage(Buffer.from(text).toString('base64'));

  test.each([
    ['malformed', '{"job":'],
    ['not ours', '{"job":"../../x"}'],
    ['a number', '42'],
    ['of a job that is not there', JSON.stringify({ job: `${'0'.repeat(24)}-${'0'.repeat(24)}` })],
  ])('a message that is %s is dropped, and others go on', async (_, text) => {
    await send(text);
    expect(await untilEnded(viewOf(await submit(updatesOf(models(1)))))).toMatchObject({ status: 'Succeeded' });
  });

  test('a job whose every turn fails is given up at the sixth time, and one beside it is not disturbed', async () => {
    const [ids, others] = [models(3), models(3)];
    // Every job's, until it is known which one it is.
    let jobId = '';
    system.proxy.strike(({ method, path }) =>
      method === 'PUT' && path.includes(jobId) && path.includes('/chunks/') ? { status: 403 } : undefined,
    );
    const failing = viewOf(await submit(updatesOf(ids)));
    ({ jobId } = failing);
    // Five times it came to the poison queue already, and waited for hours.
    const poison = new QueueClient(system.storage.connectionString, `${names.queue}-poison`);
    await poison.sendMessage(Buffer.from(JSON.stringify({ job: jobId, poisoned: 5 })).toString('base64'));
    const healthy = viewOf(await submit(updatesOf(others)));
    expect(await untilEnded(healthy)).toMatchObject({ status: 'Succeeded', rows: { applied: 3 } });
    expect(await untilEnded(failing)).toMatchObject({ status: 'Failed', rows: { total: 3, applied: 0 } });
    expect(system.emulator.requests({ method: 'PATCH' }).filter(({ id = '' }) => ids.includes(id))).toEqual([]);
  }, 90_000);
});

describe('F79 the same key', () => {
  test('at the same moment: one job, whatever the order of properties', async () => {
    const [key, [id = '']] = [randomUUID(), models(1)];
    const answers = await Promise.all([
      submit([{ id, modelDeviceCount: 5, windowsScore: 1 }], key),
      submit([{ windowsScore: 1, id: id.toUpperCase(), modelDeviceCount: 5 }], key),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const [one, other] = answers.map((answer) => viewOf(answer).jobId);
    expect(one).toBe(other);
  });

  test('with other rows: 422; from another caller: a job of its own, which the first does not see', async () => {
    const [key, ids] = [randomUUID(), models(2)];
    const first = await submit(updatesOf(ids), key);
    const reused = await submit(updatesOf(ids), key);
    expect([reused.status, codeOf(reused)]).toEqual([422, 'idempotency-key-reused']);
    const as = (claims: Readonly<Record<string, unknown>>) => ({
      authorization: `Bearer ${system.emulator.issue(claims)}`,
    });
    const another = as({ oid: randomUUID() });
    const others = await submit(updatesOf(ids), key, another);
    expect(viewOf(others).jobId).not.toBe(viewOf(first).jobId);
    const path = `${jobs}/${viewOf(others).jobId}`;
    const asked = await Promise.all([
      instance.call(path),
      instance.call(path, { headers: another }),
      instance.call(path, { headers: as({ oid: randomUUID(), roles: ['ModelPerformance.Operate'] }) }),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([404, 200, 200]);
    const everybodys = await Promise.all([
      instance.call(`${jobs}?of=all`),
      instance.call(`${jobs}?of=all`, { headers: as({ roles: ['ModelPerformance.Operate'] }) }),
    ]);
    expect(everybodys.map(({ status }) => status)).toEqual([403, 200]);
  });

  test.each(['', 'with space', 'ü', 'x'.repeat(129)])('%j is refused', async (key) => {
    const answer = await submit(updatesOf(['a']), encodeURI(key) === key ? key : 'a b');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'invalid-idempotency-key']);
  });
});

test('F80 a cancel keeps what was sent, and tells nothing canceled that was written', async () => {
  const updates = updatesOf(models(160));
  const view = viewOf(await submit(updates));
  await underWay(view);
  const canceled = await instance.call(`${jobs}/${view.jobId}`, { method: 'DELETE' });
  expect([canceled.status, viewOf(canceled).status]).toEqual([200, 'Canceling']);
  const ended = await untilEnded(view);
  expect(ended.status).toBe('Canceled');
  const rows = await resultOf(view);
  expect(rows.filter(({ id, outcome }) => (outcome === 'canceled') !== (holds(id) === 1))).toEqual([]);
  expect(rows.filter(({ outcome }) => outcome === 'canceled').length).toBeGreaterThan(0);
  const again = await instance.call(`${jobs}/${view.jobId}`, { method: 'DELETE' });
  expect([again.status, viewOf(again)]).toEqual([200, ended]);
});

/** Resolves when the first rows of a job are applied. */
async function underWay({ jobId }: JobView): Promise<void> {
  const begun = async () => viewOf(await instance.call(`${jobs}/${jobId}`)).rows.applied > 0;
  await until('the first applied row', begun, { everyMs: 50 });
}

test('F84 storage is away for seconds in the middle: the job goes on when the lease has run out, and no row is lost', async () => {
  const view = viewOf(await submit(updatesOf(models(120))));
  await underWay(view);
  system.proxy.away();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  system.proxy.back();
  expect(await untilEnded(view)).toMatchObject({ status: 'Succeeded', rows: { applied: 120 } });
}, 120_000);

test('F74 an instance is killed in the middle: another goes on when the lease has run out, and each row is told', async () => {
  const updates = updatesOf(models(160));
  const view = viewOf(await submit(updates));
  await underWay(view);
  await instance.kill();
  instance = await system.start();
  expect(await untilEnded(view)).toMatchObject({ status: 'Succeeded', rows: { applied: 160 } });
  expect(updates.map(({ id }) => holds(id))).toEqual(updates.map(({ modelDeviceCount }) => modelDeviceCount));
  const rows = await resultOf(view);
  expect(new Set(rows.map(({ from }) => from?.modelDeviceCount))).toEqual(new Set([1]));
}, 120_000);

test('nothing of all this was throttled but what was told to be', () => {
  expect(system.emulator.requests().filter(({ status, fault }) => status === 429 && fault === undefined)).toEqual([]);
});
