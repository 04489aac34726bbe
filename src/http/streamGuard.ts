import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { openHalf, type HttpHalf } from './httpHalf.js';

/*
 * In stream mode the host passes each call on in two halves: the invocation, and an HTTP request to a server that `@azure/functions` opens.
 * The library waits without limit for the second one, and the host looks at its failure only when the invocation has ended. So a call whose
 * HTTP half is lost hangs for ever and keeps a place of `maxConcurrentRequests`; strangers can lose it with a header value that is not
 * ASCII, more than 16 KiB of headers, `Expect: foo`, or an `x-ms-invocation-id` of their own (F56). And a call of which the library can
 * make no request ends without an answer to its HTTP half.
 *
 * The library takes the headers of a request from the invocation, where the host puts members of a JSON body and the query before them: a
 * `Headers` of those stood in for all of them, the token too. Here they come from the HTTP half alone (F54b).
 * Seen with @azure/functions 4.16.5, worker 3.9.1 and host 4.1037. This file may go when the library ends such calls by itself:
 * `test/faults/platform.test.ts` passes without it then.
 */

const idHeader = 'x-ms-invocation-id';

/** The host's web server takes 32 KiB of headers and adds its own: nothing that it lets in is too much for the library's. */
const headLimitBytes = 65_536;

const notAsExpected =
  'Warning: headers can make calls hang, because @azure/functions is not as this version expects it (streamGuard.ts).';

/** What the guard leans on of the library: see `types-core` of its repository. */
interface ProgrammingModel {
  getCapabilities: (capabilities: Record<string, string>) => Promise<Record<string, string>>;
  getInvocationModel: (context: InvocationContext) => { getArguments: () => Promise<unknown> };
}
interface InvocationContext {
  readonly invocationId: string;
  readonly metadata: { readonly bindings: Readonly<Record<string, { readonly type: string }>> };
  readonly request: { triggerMetadata?: Readonly<Record<string, { readonly json?: string }>> };
}

/**
 * Lets the two halves of every call meet before the library sees them, and ends a half whose other one does not come: the invocation as a
 * failure, which the host answers with a bare 500; the HTTP half with a bare 400. Call it when the functions have been registered.
 * @param limitMs how long one half waits for the other
 * @param warn gets one line when the library is not as this file knows it; nothing is guarded then
 */
export function guardStreams(limitMs: number, warn: (line: string) => void): void {
  const model = readModel();
  if (model === undefined) {
    warn(
      'Warning: calls that a header makes hang are not ended: @azure/functions is not as expected (streamGuard.ts).',
    );
    return;
  }
  const halves = createMeeting(limitMs);
  guardServer(model, halves, warn);
  guardInvocations(model, halves);
}

function readModel(): ProgrammingModel | undefined {
  try {
    const core = createRequire(__filename)('@azure/functions-core') as { getProgrammingModel: () => ProgrammingModel };
    const model = core.getProgrammingModel();
    const methods: unknown[] = [model.getCapabilities, model.getInvocationModel];
    return methods.every((method) => typeof method === 'function') ? model : undefined;
  } catch {
    return undefined;
  }
}

/** Where HTTP halves wait for their invocations, and the other way round; each is known by the id of the call. */
function createMeeting(limitMs: number) {
  const arrived = new Map<string, HttpHalf & { readonly timer: NodeJS.Timeout }>();
  const awaited = new Map<string, (half: HttpHalf) => void>();
  return {
    arrive: (id: string, half: HttpHalf) => {
      const take = awaited.get(id);
      if (take) {
        take(half);
      } else if (arrived.has(id)) {
        half.refuse();
      } else {
        const late = () => {
          arrived.delete(id);
          half.refuse();
        };
        arrived.set(id, { ...half, timer: setTimeout(late, limitMs) });
      }
    },
    /** The HTTP half with this id, or nothing when it does not come in time. */
    take: (id: string): Promise<HttpHalf | undefined> => {
      const half = arrived.get(id);
      if (half) {
        clearTimeout(half.timer);
        arrived.delete(id);
        return Promise.resolve(half);
      }
      return new Promise((resolve) => {
        const end = (found?: HttpHalf) => {
          clearTimeout(timer);
          awaited.delete(id);
          resolve(found);
        };
        const timer = setTimeout(end, limitMs);
        awaited.set(id, end);
      });
    },
  };
}
type Meeting = ReturnType<typeof createMeeting>;

/** The library opens its server inside `getCapabilities`, before it first waits. */
function guardServer(model: ProgrammingModel, halves: Meeting, warn: (line: string) => void): void {
  const { getCapabilities } = model;
  const { createServer } = http;
  const module = http as { createServer: unknown };
  model.getCapabilities = (capabilities) => {
    const opened: Server[] = [];
    module.createServer = () => {
      const server = guarded(createServer({ maxHeaderSize: headLimitBytes }), halves);
      opened.push(server);
      return server;
    };
    try {
      return getCapabilities.call(model, capabilities);
    } finally {
      module.createServer = createServer;
      if (opened.length === 0) warn(notAsExpected);
    }
  };
}

function guarded(server: Server, halves: Meeting): Server {
  const emit = server.emit.bind(server) as (event: string, ...given: unknown[]) => boolean;
  const meet = (request: IncomingMessage, response: ServerResponse) => {
    const { [idHeader]: id } = request.headers;
    const half = openHalf(request, response, () => emit('request', request, response));
    if (typeof id === 'string') halves.arrive(id, half);
    else half.refuse();
    return true;
  };
  server.emit = (event: string, ...given: unknown[]) =>
    event === 'request' ? meet(...(given as Parameters<typeof meet>)) : emit(event, ...given);
  // Without a listener the server answers 417 to what it does not know.
  server.on('checkExpectation', meet);
  return server;
}

function guardInvocations(model: ProgrammingModel, halves: Meeting): void {
  const getInvocationModel = model.getInvocationModel.bind(model);
  model.getInvocationModel = (context) => {
    const invocation = getInvocationModel(context);
    const { getArguments } = invocation;
    const isHttp = Object.values(context.metadata.bindings).some(({ type }) => type.toLowerCase() === 'httptrigger');
    if (isHttp)
      invocation.getArguments = async () => {
        const half = await halfOf(context, halves);
        context.request.triggerMetadata = withHeaders(context.request.triggerMetadata, half.headers());
        half.deliver();
        try {
          const given = await getArguments.call(invocation);
          await half.unread;
          return given;
        } catch (error) {
          // The library makes no request of them, and would never answer.
          half.refuse();
          throw error;
        }
      };
    return invocation;
  };
}

function withHeaders(metadata: InvocationContext['request']['triggerMetadata'], headers: Record<string, string>) {
  const others = Object.entries(metadata ?? {}).filter(([name]) => name.toLowerCase() !== 'headers');
  return { ...Object.fromEntries(others), Headers: { json: JSON.stringify(headers) } };
}

/** @throws Error when it cannot come, or does not come in time */
async function halfOf({ invocationId, request }: InvocationContext, halves: Meeting): Promise<HttpHalf> {
  const headers = readHeaders(request.triggerMetadata?.Headers?.json);
  const own = headers[idHeader];
  if (own !== undefined) {
    void halves.take(own).then((half) => half?.refuse());
    throw new Error(`Refused: the caller sent the header ${idHeader}, which is the host's.`);
  }
  if (!Object.values(headers).every((value) => /^[\t\x20-\x7e]*$/.test(value)))
    throw new Error('Refused: a header value of the caller is not ASCII, and the host cannot pass it on.');
  const half = await halves.take(invocationId);
  if (half === undefined) throw new Error('Refused: the HTTP half of the call did not arrive.');
  return half;
}

/** What the caller sent; names in lower case. A query that is called `Headers` can take its place: then the time limit is what is left. */
function readHeaders(json: string | undefined): Record<string, string> {
  try {
    const sent = JSON.parse(json ?? '{}') as Record<string, unknown> | null;
    return Object.fromEntries(Object.entries(sent ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
  } catch {
    return {};
  }
}
