import { randomUUID } from 'node:crypto';
import { send, type World } from './api.js';

/** A job as the API tells it, with a key for the page's list. */
type Job = Readonly<Record<string, unknown>> & { readonly jobId: string; readonly status: string };

const collection = '/api/v1/model-performance';
const lookMs = 1000;
const shown = 10;

/** The console's own looks are no calls that anybody wants to see. */
export const ownRequestIds = 'console-';

/**
 * Looks at everybody's jobs, once a second at most and never twice at a time; a look gives what is known so far.
 * Nothing is known as long as the API does not answer.
 */
export function watchJobs(world: World): () => readonly object[] {
  let known: object[] = [];
  let nextMs = 0;
  const look = async () => {
    const { value = [] } = await read<{ value?: Job[] }>(world, `${collection}/jobs?of=all`);
    const jobs = value.slice(0, shown);
    // The list tells no progress.
    known = await Promise.all(
      jobs.map(async (job) => ({ key: job.jobId, ...job, ...(await read(world, `${collection}/jobs/${job.jobId}`)) })),
    );
  };
  return () => {
    if (Date.now() < nextMs) return known;
    nextMs = Infinity;
    void look()
      .catch(() => undefined)
      .finally(() => (nextMs = Date.now() + lookMs));
    return known;
  };
}

async function read<Content extends object>(world: World, path: string): Promise<Partial<Content>> {
  const headers = { 'x-request-id': `${ownRequestIds}${randomUUID()}` };
  const { status, body } = await send(world, { role: 'Operate', method: 'GET', path, headers });
  return status === 200 ? (JSON.parse(body) as Content) : {};
}

/** Submits a job of so many rows, for models that are made for it. */
export async function startJob(world: World, rows: number): Promise<object> {
  if (!(Number.isInteger(rows) && rows >= 1 && rows <= 10_000)) throw new Error('rows must be from 1 to 10000.');
  const { emulator } = world;
  const [example] = emulator.models();
  const updates = Array.from({ length: rows }, (_, index) => {
    const id = `job-row-${index + 1}`;
    if (example && emulator.model(id) === undefined) emulator.put({ ...example, id, model: `Row ${index + 1}` });
    return { id, windowsScore: Math.round(Math.random() * 1000) / 10 };
  });
  return send(world, {
    role: 'Write',
    method: 'POST',
    path: `${collection}/jobs`,
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ updates }),
  });
}
