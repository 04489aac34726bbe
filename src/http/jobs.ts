import { roles, type Caller } from '../auth/caller.js';
import type { Parts } from '../compose.js';
import { cancelJob } from '../jobs/cancel.js';
import { listJobs, readProgress, type Asker } from '../jobs/progress.js';
import { endWaitSeconds, readPrevious, readResult, type ToldRow } from '../jobs/result.js';
import { submitJob } from '../jobs/submit.js';
import type { JobView } from '../jobs/view.js';
import { Problem } from '../problem.js';
import { csvAnswer, jsonAnswer, type Answer } from './answer.js';
import type { HttpCall } from './call.js';
import { columnsOf, prefersCsv, writeCsv } from './csv.js';
import { readJobUpdates } from './jobUpdates.js';
import { excels, readNullMeant, type Excel } from './query.js';

/**
 * POST /v1/model-performance/jobs: up to 10 000 updates, accepted once for an Idempotency-Key. 201 with the job and where it is told; a
 * 202's Location would be followed by flow engines, without the connection's token.
 * @throws Problem of a reading step, idempotency-key-reused or storage-unavailable
 */
export async function submit(call: HttpCall, parts: Parts): Promise<Answer> {
  const { request, requestId, traceparent } = call;
  const clearsNull = readNullMeant(new URL(request.url).searchParams);
  const idempotencyKey = readKey(request.headers.get('idempotency-key'));
  const rows = await readJobUpdates(request, clearsNull, parts);
  const submission = { caller: callerOf(call), requestId, traceparent, idempotencyKey, rows, clearsNull };
  const job = await submitJob(submission, parts.jobs);
  const location = `${parts.config.publicBaseUrl}/api/v1/${parts.resource.name}/jobs/${job.jobId}`;
  const answer = told(job);
  return { ...answer, status: 201, headers: { ...answer.headers, location } };
}

/** @throws Problem invalid-idempotency-key unless it is 1 to 128 visible ASCII characters (F51) */
function readKey(key: string | null): string {
  if (key === null || !/^[\x21-\x7e]{1,128}$/.test(key)) throw new Problem('invalid-idempotency-key');
  return key;
}

/** GET /v1/model-performance/jobs: the caller's newest jobs; with `?of=all` everybody's, for operators. */
export async function jobs(call: HttpCall, parts: Parts): Promise<Answer> {
  const caller = callerOf(call);
  const all = readChoice(call, 'of', ['all']) !== undefined;
  if (all && !operates(caller))
    throw new Problem('forbidden', 'not-applied', { reason: `This call needs the role ${roles.Operate}.` });
  return jsonAnswer({ value: await listJobs({ caller, all }, parts.jobs) });
}

/** GET /v1/model-performance/jobs/{jobId}: how far a job has come. @throws Problem job-not-found, storage-unavailable */
export async function progress(call: HttpCall, parts: Parts): Promise<Answer> {
  return told(await readProgress(jobIdOf(call), askerOf(call), parts.jobs));
}

/** DELETE /v1/model-performance/jobs/{jobId}: cancels what has not been sent. @throws Problem job-not-found, storage-unavailable */
export async function cancel(call: HttpCall, parts: Parts): Promise<Answer> {
  return told(await cancelJob(jobIdOf(call), askerOf(call), parts.jobs));
}

/** GET /v1/model-performance/jobs/{jobId}/result: what became of each row. @throws Problem job-not-found, job-not-finished, storage-unavailable */
export async function result(call: HttpCall, parts: Parts): Promise<Answer> {
  const { fields } = parts.resource;
  const excel = readChoice(call, 'excel', excels);
  const value = await readResult(jobIdOf(call), askerOf(call), fields, parts.jobs);
  if (!wantsCsv(call, excel)) return jsonAnswer({ value });
  const before = (from: ToldRow['from'] = {}) =>
    Object.fromEntries(Object.entries(from).map(([name, was]) => [`from.${name}`, was]));
  const columns = ['row', 'id', 'outcome', 'code', 'detail', ...Object.keys(fields).map((name) => `from.${name}`)];
  const rows = value.map(({ from, ...row }) => ({ ...row, ...before(from) }));
  return csvAnswer(writeCsv(columns, rows, excel), undefined);
}

/** GET /v1/model-performance/jobs/{jobId}/previous: the values before, in the form that a job takes. @throws Problem as {@link result} */
export async function previous(call: HttpCall, parts: Parts): Promise<Answer> {
  const options = {
    includesUnknown: readChoice(call, 'include', ['unknown']) !== undefined,
    fields: parts.resource.fields,
  };
  const excel = readChoice(call, 'excel', excels);
  const updates = await readPrevious(jobIdOf(call), askerOf(call), options, parts.jobs);
  if (!wantsCsv(call, excel)) return jsonAnswer({ updates });
  // An empty cell would leave a value as it is: what was null is the word.
  const rows = updates.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, was]) => [name, was ?? 'null'])),
  );
  return csvAnswer(writeCsv(columnsOf(options.fields), rows, excel), undefined);
}

/** A job, and when to ask again as long as it has not ended. */
function told(job: JobView): Answer {
  const answer = jsonAnswer(job);
  if (job.endedAt !== undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(endWaitSeconds) } };
}

/** @throws Problem invalid-query for a parameter that is there with another value, or twice */
function readChoice<Value extends string>(
  { request }: HttpCall,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const given = new URL(request.url).searchParams.getAll(name);
  const chosen = values.find((value) => value === given[0]);
  if (given.length === 0 || (given.length === 1 && chosen !== undefined)) return chosen;
  const message = `Send ${name}=${values.join(' or ')} once, or leave it out.`;
  throw new Problem('invalid-query', 'not-applied', {
    errors: [{ pointer: `/${name}`, code: 'not-a-member', message }],
  });
}

const wantsCsv = ({ request }: HttpCall, excel: Excel | undefined) =>
  excel !== undefined || prefersCsv(request.headers.get('accept'));

/** The segment after `jobs`. The host mixes query values into the parameters, so the path is read. */
function jobIdOf({ request }: HttpCall): string {
  const segments = new URL(request.url).pathname.split('/');
  return segments[segments.findIndex((segment) => segment.toLowerCase() === 'jobs') + 1] ?? '';
}

/** Operators see everybody's jobs. */
function askerOf(call: HttpCall): Asker {
  const caller = callerOf(call);
  return { caller, all: operates(caller) };
}

const operates = (caller: Caller) => caller.roles.includes(roles.Operate);

/** @throws Error where no role was asked for: then nobody is known */
function callerOf({ caller }: HttpCall): Caller {
  if (caller === undefined) throw new Error('A call about jobs of nobody.');
  return caller;
}
