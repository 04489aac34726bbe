import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { openCall } from '../call.js';
import type { Parts } from '../compose.js';
import { deadlineIn } from '../deadline.js';
import { countAttempts } from '../graph/attempt.js';
import { Problem, problems } from '../problem.js';
import { logLines, quietly } from '../telemetry/exception.js';
import { auditUpdate } from '../updates/audit.js';
import { failure, success } from './answer.js';
import { drain } from './body.js';
import type { Endpoint, HttpCall, Path } from './call.js';
import { readId } from './id.js';
import { requestIdOf } from './requestId.js';

/**
 * The one way from a request to its answer. Checks come in this order: path, method, caller, id, preconditions; the rest is the handler's.
 * Never throws: in stream mode a function that throws is never answered.
 */
export function handle(path: Path, parts: Parts) {
  return (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> =>
    parts.lifecycle.run(answer(path, parts, request, context));
}

async function answer(
  { route, methods }: Path,
  parts: Parts,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const { authorize, config, lifecycle } = parts;
  const call: HttpCall = {
    ...openCall({
      requestId: requestIdOf(request),
      deadline: deadlineIn(config.limits.deadlineMs),
      traceparent: context.traceContext?.traceParent,
    }),
    ...{ request, id: '' },
  };
  let endpoint: Endpoint | undefined;
  try {
    endpoint = endpointOf(methods, request.method);
    if (endpoint.role !== 'none') call.caller = await authorize(request, endpoint.role);
    if (route.includes('{id}')) call.id = readId(idOf(request, parts.resource.name));
    checkPreconditions(request);
    if (lifecycle.closing.aborted) throw new Problem('shutting-down', 'not-applied', { retryAfterSeconds: 1 });
    return success(await endpoint.handler(call, parts), call.requestId);
  } catch (error) {
    const problem = toProblem(error, parts, call, context);
    const { outcome, code } = problem;
    if (endpoint?.audited && call.audited === 0)
      auditUpdate(parts, { id: call.id, changes: {}, outcome, problem: code, attempts: call.attempts }, call);
    log(context, problem, call);
    return failure(problem, call.requestId, parts.resource);
  } finally {
    await drain(request);
  }
}

/** @throws Problem unknown-path or method-not-allowed */
function endpointOf(methods: Path['methods'], method: string): Endpoint {
  if (methods === undefined) throw new Problem('unknown-path');
  const endpoint = methods[method === 'HEAD' ? 'GET' : method];
  if (endpoint !== undefined) return endpoint;
  const allow = Object.keys(methods).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  throw new Problem('method-not-allowed', 'not-applied', { allow });
}

/** The segment that the route calls `id`. `?ID=x` can replace `params.id` in the host, so the URL is read. */
function idOf({ url, params }: HttpRequest, resource: string): string {
  const named = Object.entries(params).find(([name]) => name.toLowerCase() === 'id');
  const segments = new URL(url).pathname.split('/');
  const at = segments.findIndex((segment) => segment.toLowerCase() === resource);
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
function log(
  context: InvocationContext,
  { code, outcome, more: { note } }: Problem,
  { requestId, attempts }: HttpCall,
): void {
  const { status } = problems[code];
  const line = JSON.stringify({ problem: code, status, outcome, requestId, ...countAttempts(attempts), note });
  quietly(() => {
    if (status < 500) context.info(line);
    else context.warn(line);
  });
}

/** What nobody foresaw is told as `internal` and nothing more; its stack goes to the log (F39). */
function toProblem(error: unknown, { telemetry }: Parts, call: HttpCall, context: InvocationContext): Problem {
  if (error instanceof Problem) return error;
  quietly(() => {
    telemetry.exception(call, error);
  });
  quietly(() => {
    context.error('An unforeseen error', logLines(error));
  });
  const sent = call.attempts.some(({ writes }) => writes);
  return new Problem('internal', sent ? 'unknown' : 'not-applied');
}
