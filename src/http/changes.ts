import type { Parts } from '../compose.js';
import { Problem, type Mistake } from '../problem.js';
import { nullNotConfirmed, type Changes } from '../resource/parse.js';
import { readJson } from './body.js';
import type { HttpCall } from './call.js';
import { readNullMeant } from './query.js';

/**
 * What the body of an update wants to change. A null clears a property only when the call says so, by `?null=clear` or as a merge patch.
 * @throws Problem invalid-query, of `readJson`, null-not-confirmed when nothing but such nulls is wrong, else invalid-body
 */
export async function readChanges({ request, id }: HttpCall, { parse }: Parts): Promise<Changes> {
  const nullMeant = readNullMeant(new URL(request.url).searchParams);
  const { value, mergePatch } = await readJson(request);
  const parsed = parse(value, id, nullMeant || mergePatch);
  if ('changes' in parsed) return parsed.changes;
  throw refusalOf(parsed.mistakes);
}

/** The problem of a body with these mistakes, of which an answer lists the first 100. */
export function refusalOf(mistakes: readonly Mistake[], more: Pick<Problem['more'], 'errorsTotal'> = {}): Problem {
  const nullsAlone = mistakes.every(({ code }) => code === nullNotConfirmed);
  const errors = mistakes.slice(0, 100);
  return new Problem(nullsAlone ? nullNotConfirmed : 'invalid-body', 'not-applied', { errors, ...more });
}
