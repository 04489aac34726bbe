import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { deadlineIn } from '../graph/deadline.js';
import type { Journey } from '../graph/control.js';
import { Problem, problems } from '../problem.js';
import { logLines, quietly } from '../telemetry/exception.js';
import { failure, success, type Answer } from './answer.js';
import { drain } from './body.js';
import type { Deps, Entry, OpenCall } from './call.js';
import { readId } from './id.js';
import { report, type Told } from './report.js';
import { requestIdOf } from './requestId.js';

/** A path with what it does by method; without methods it is not part of this API. HEAD is GET without a body (RFC 9110 §9.3.2). */
export interface Path {
  readonly route: string;
  readonly methods?: Readonly<Record<string, Entry>>;
}

/** Calls that have begun and not ended: what shut-down waits for (F38). */
export type Running = Set<Promise<unknown>>;

/**
 * The one way from a request to its answer. Checks come in this order: path, method, caller, id, preconditions; the body is the story's.
 * Never throws: in stream mode a handler that throws is never answered.
 */
export function handle(deps: Deps, running: Running, path: Path) {
  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const answering = answer(deps, path, request, context);
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
  { route, methods }: Path,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const traceparent = context.traceContext?.traceParent;
  const told: Told = {
    startMs: Date.now(),
    requestId: requestIdOf(request),
    journey: { attempts: [], ambiguous: false, traceparent },
    audit: {},
  };
  try {
    if (methods === undefined) throw new Problem('unknown-path');
    const entry = methods[request.method === 'HEAD' ? 'GET' : request.method];
    if (entry === undefined) throw new Problem('method-not-allowed', 'not-applied', { allow: allowed(methods) });
    told.entry = entry;
    const story = await admitted(deps, entry, request, told);
    const id = route.includes('{id}') ? readId(idOf(request)) : '';
    told.id = id;
    checkPreconditions(request);
    if (deps.shutdown.waitsEnd.aborted) throw new Problem('shutting-down', 'not-applied', { retryAfterSeconds: 1 });
    const deadline = deadlineIn(deps.config.limits.deadlineMs);
    const answer = await story({ request, id, deps, deadline, journey: told.journey, audit: told.audit });
    return success(answer, told.requestId);
  } catch (error) {
    told.problem = toProblem(error, deps, told.journey, context);
    log(context, told.problem, told);
    return failure(told.problem, told.requestId);
  } finally {
    quietly(() => {
      report(deps, told);
    });
    await drain(request);
  }
}

/** The story of an entry, for whoever may begin it. @throws Problem 401, 403 or 503, before anything else of the request is read */
async function admitted(
  { admit }: Deps,
  entry: Entry,
  request: HttpRequest,
  told: Told,
): Promise<(call: OpenCall) => Promise<Answer>> {
  if (entry.role === 'none') return entry.story;
  const caller = await admit(request, entry.role);
  told.caller = caller;
  return (call) => entry.story({ ...call, caller });
}

function allowed(methods: NonNullable<Path['methods']>): string[] {
  return Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
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

/** Conditions on a write (RFC 9110 §13.1). If-Modified-Since and If-Range have no meaning there. */
const ofWrites = ['if-none-match', 'if-unmodified-since'];

/** Graph keeps no versions of these objects; a condition that cannot be held is refused, by its header's name (F55). */
function checkPreconditions({ method, headers }: HttpRequest): void {
  const reads = method === 'GET' || method === 'HEAD';
  const refused = headers.get('if-match')?.trim() ?? '*';
  const header = refused === '*' ? ofWrites.find((name) => !reads && headers.has(name)) : 'if-match';
  if (header === undefined) return;
  const reason = `The condition of ${header} cannot be held.`;
  throw new Problem('precondition-not-supported', 'not-applied', { reason });
}

/** One structured line for each call that failed; telemetry tells the rest. Of what the caller sent it holds the id of the call alone. */
function log(context: InvocationContext, { code, outcome }: Problem, { requestId, journey }: Told): void {
  const { status } = problems[code];
  const line = JSON.stringify({ problem: code, status, outcome, requestId, attempts: journey.attempts.length });
  quietly(() => {
    if (status < 500) context.info(line);
    else context.warn(line);
  });
}

/** What nobody foresaw is told as `internal` and nothing more; its stack goes to the log (F39). */
function toProblem(error: unknown, { telemetry }: Deps, journey: Journey, context: InvocationContext): Problem {
  if (error instanceof Problem) return error;
  telemetry.exception(journey, error);
  quietly(() => {
    context.error('An unforeseen error', logLines(error));
  });
  const sent = journey.attempts.some(({ method }) => method !== 'GET');
  return new Problem('internal', sent ? 'unknown' : 'not-applied');
}
