import { cancelJob } from '../../../src/jobs/cancel.js';
import { readProgress } from '../../../src/jobs/progress.js';
import { submitJob } from '../../../src/jobs/submit.js';
import { Problem, problems } from '../../../src/problem.js';
import { callerOf, type Truth, type World } from './world.js';

/** What callers do in the simulated world: each call is taken by an instance of its own, which may die in the middle. */

export async function submit(world: World, truth: Truth, rows = truth.rows): Promise<number> {
  const parts = world.partsOf(world.newProcess(`A-${truth.key}`));
  const submission = {
    caller: callerOf(truth.key),
    requestId: 'r',
    idempotencyKey: truth.key,
    rows,
    clearsNull: false,
  };
  const status = await statusOf(submitJob(submission, parts), 201);
  if (rows === truth.rows) {
    truth.answer = status;
    truth.accepted ||= status === 201;
  }
  return status;
}

/** Sends the same again until it was accepted, as a client with the same key does. */
export async function submitUntilAccepted(world: World, truth: Truth): Promise<void> {
  const pause = world.newProcess('client');
  while (!truth.accepted && truth.answer !== 422) {
    await Promise.race([submit(world, truth), world.sleep(pause, 60_000)]);
    await world.sleep(pause, 5_000);
  }
}

export async function cancel(world: World, truth: Truth): Promise<void> {
  const pause = world.newProcess('client');
  const asker = { caller: callerOf(truth.key), all: false };
  for (;;) {
    const parts = world.partsOf(world.newProcess(`C-${truth.key}`));
    const status = await statusOf(cancelJob(truth.job, asker, parts), 200);
    if (status !== 503) return;
    await world.sleep(pause, 5_000);
  }
}

/** Asks for the progress, and holds what it tells against what it told before: counts add up, and never go back. */
export async function poll(world: World, truth: Truth): Promise<void> {
  const parts = world.partsOf(world.newProcess(`P-${truth.key}`));
  const { mostDone } = truth;
  try {
    const view = await readProgress(truth.job, { caller: callerOf(truth.key), all: false }, parts);
    const { total, applied, notApplied, unknown, canceled, pending } = view.rows;
    if (applied + notApplied + unknown + canceled + pending !== total || total !== truth.rows.length || pending < 0)
      world.lies.push(`counts: ${truth.key} ${JSON.stringify(view.rows)}`);
    if (total - pending < mostDone) world.lies.push(`counts go back: ${truth.key}`);
    truth.mostDone = Math.max(truth.mostDone, total - pending);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

async function statusOf(call: Promise<unknown>, success: number): Promise<number> {
  try {
    await call;
    return success;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return problems[error.code].status;
  }
}
