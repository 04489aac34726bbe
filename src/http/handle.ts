import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { deadlineIn } from '../graph/deadline.js';
import type { Journey } from '../graph/control.js';
import { Problem } from '../problem.js';
import { failure, success } from './answer.js';
import { drain } from './body.js';
import type { Deps, Story } from './call.js';
import { readId } from './id.js';

/** What a path does, by method. */
export type Stories = Readonly<Partial<Record<string, Story>>>;

/** Calls that have begun and not ended; shut-down waits for them. */
export type Running = Set<Promise<unknown>>;

/**
 * The one way from a request to its answer. Checks come in this order: path, method, id, preconditions; the body is the story's.
 * Never throws: in stream mode a handler that throws is never answered.
 * @param stories undefined for a path that is not part of this API
 */
export function handle(deps: Deps, running: Running, stories: Stories | undefined) {
  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const answering = answer(deps, stories, request, context);
    running.add(answering);
    try {
      return await answering;
    } finally {
      running.delete(answering);
    }
  };
}

async function answer(
  deps: Deps,
  stories: Stories | undefined,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const requestId = readRequestId(request);
  const journey: Journey = { attempts: [], ambiguous: false };
  try {
    if (stories === undefined) throw new Problem('unknown-path');
    const story = stories[request.method];
    if (story === undefined) throw new Problem('method-not-allowed', 'not-applied', { allow: Object.keys(stories) });
    const id = readId(idOf(request));
    checkPrecondition(request);
    if (deps.shutdown.waitsEnd.aborted) throw new Problem('shutting-down', 'not-applied', { retryAfterSeconds: 1 });
    const deadline = deadlineIn(deps.config.limits.deadlineMs);
    return success(await story({ request, id, deps, deadline, journey }), requestId);
  } catch (error) {
    await drain(request);
    return failure(toProblem(error, journey, context), requestId);
  }
}

/** The caller's own id for this call, if it can harm nothing, else a new one (F51). */
function readRequestId({ headers }: HttpRequest): string {
  const given = headers.get('x-request-id') ?? '';
  return /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

/** The segment that the route calls `id`. The host mixes query values into the parameters, whose spelling may then win: so the path is read. */
function idOf({ url, params }: HttpRequest): string {
  const named = Object.entries(params).find(([name]) => name.toLowerCase() === 'id');
  const segments = new URL(url).pathname.split('/');
  const at = segments.findIndex((segment) => segment.toLowerCase() === 'model-performance');
  return decoded(segments[at + 1]) ?? named?.[1] ?? '';
}

function decoded(segment: string | undefined): string | undefined {
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Graph keeps no versions of these objects; a condition that cannot be held is refused (F55). */
function checkPrecondition({ headers }: HttpRequest): void {
  const condition = headers.get('if-match')?.trim() ?? '*';
  if (condition !== '*') throw new Problem('precondition-not-supported');
}

/** What nobody foresaw is told as `internal` and nothing more; its stack goes to the log (F39). */
function toProblem(error: unknown, journey: Journey, context: InvocationContext): Problem {
  if (error instanceof Problem) return error;
  context.error('An unforeseen error', error instanceof Error ? error.stack : typeof error);
  const sent = journey.attempts.some(({ method }) => method !== 'GET');
  return new Problem('internal', sent ? 'unknown' : 'not-applied');
}
