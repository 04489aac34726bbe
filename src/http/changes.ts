import { Problem } from '../problem.js';
import { nullNotConfirmed, type Wanted } from '../resource/parse.js';
import { readJson } from './body.js';
import type { Call } from './call.js';
import { readNullMeant } from './query.js';

/**
 * What the body of an update wants to change. A null clears a property only when the call says so, by `?null=clear` or as a merge patch.
 * @throws Problem invalid-query, of `readJson`, null-not-confirmed when nothing but such nulls is wrong, else invalid-body
 */
export async function readChanges({ request, id, deps }: Call): Promise<Wanted> {
  const nullMeant = readNullMeant(new URL(request.url).searchParams);
  const { value, mergePatch } = await readJson(request);
  const parsed = deps.parse(value, id, nullMeant || mergePatch);
  if ('wanted' in parsed) return parsed.wanted;
  const nullsAlone = parsed.mistakes.every(({ code }) => code === nullNotConfirmed);
  throw new Problem(nullsAlone ? nullNotConfirmed : 'invalid-body', 'not-applied', { errors: parsed.mistakes });
}
