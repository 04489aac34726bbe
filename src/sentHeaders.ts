import http, { type IncomingMessage, type ServerResponse } from 'node:http';

/** What the library is told of one call. It makes the request's headers of `Headers` in the trigger's metadata. */
interface CoreContext {
  readonly invocationId: string;
  readonly request: { triggerMetadata?: object | null };
}

/** The part of the library that the platform asks to make a call's arguments. */
interface ProgrammingModel {
  getInvocationModel: (context: CoreContext) => { getArguments: () => Promise<unknown> };
}

/** As much as the host's own server takes, and what it adds; Node's default is half of that. */
const headLimitBytes = 64 * 1024;

/** How much of a body that nobody reads is read away, and how long that may take. */
const limit = { bytes: 32 * 1024 * 1024, ms: 5_000 };

/**
 * Makes the headers of each request those that its caller sent. In stream mode a call comes in two halves: HTTP to the library's own
 * server, and a message whose metadata hold the headers, unless a `Headers` in the query or in a JSON body has taken their place there:
 * `{"Headers":{"authorization":…}}` stood in for all of them, the token too. Here they come from the HTTP half alone.
 *
 * Nobody reads the body of a GET. It is read away before the function begins: a large one that is still on its way when the answer
 * comes can make the host answer with 500.
 *
 * Seen in `@azure/functions` 4.16 with host 4.1037. It may go when the library takes headers from the HTTP half itself.
 * @returns what to call once the functions are registered: with `@azure/functions-core`, which only the platform provides
 */
export function takeHeadersAsSent(): (core: { getProgrammingModel: () => ProgrammingModel }) => void {
  const halves = new Map<string, { readonly message: IncomingMessage; readonly ready: Promise<void> }>();

  function remember(message: IncomingMessage, response: ServerResponse): void {
    const id = String(message.headers['x-ms-invocation-id']);
    const unread = message.method === 'GET' || message.method === 'HEAD';
    halves.set(id, { message, ready: unread ? readAway(message) : Promise.resolve() });
    response.on('close', () => halves.delete(id));
  }

  const { createServer } = http;
  let made = false;
  http.createServer = ((...given: Parameters<typeof createServer>) => {
    // The first server is the library's; others are nobody's business here.
    if (made) return createServer(...given);
    made = true;
    return createServer({ maxHeaderSize: headLimitBytes }).on('request', remember);
  }) as typeof createServer;

  return ({ getProgrammingModel }) => {
    const model = getProgrammingModel();
    const { getInvocationModel } = model;
    model.getInvocationModel = (context) => {
      const { invocationId: id, request } = context;
      request.triggerMetadata = withHeaders(request.triggerMetadata ?? {}, () => headersOf(halves.get(id)?.message));
      const invocation = getInvocationModel.call(model, context);
      const getArguments = invocation.getArguments.bind(invocation);
      invocation.getArguments = async () => {
        const made = await getArguments();
        await halves.get(id)?.ready;
        return made;
      };
      return invocation;
    };
  };
}

/** The metadata with other headers, which are asked for when the library reads them: the HTTP half has arrived by then. */
function withHeaders(metadata: object, headers: () => Record<string, string>): object {
  const others = Object.entries(metadata).filter(([name]) => name.toLowerCase() !== 'headers');
  return Object.defineProperty(Object.fromEntries(others), 'Headers', {
    enumerable: true,
    get: () => ({ json: JSON.stringify(headers()) }),
  });
}

/** Several lines of one name are one list (RFC 9110 §5.3); Node would keep the first of some. */
function headersOf(message: IncomingMessage | undefined): Record<string, string> {
  const lines = Object.entries(message?.headersDistinct ?? {});
  return Object.fromEntries(lines.map(([name, values = []]) => [name, values.join(', ')]));
}

function readAway(message: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limit.ms).unref();
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit.bytes) done();
    });
    message.once('close', done).once('end', done);
  });
}
