import { inspect } from 'node:util';
import { runHooks, type App, type RegisteredFunction } from './core.js';
import type { Level } from './log.js';

/** A value as it travels between host and worker. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly http?: HttpData;
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly body?: TypedData | null;
  readonly nullableHeaders?: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableParams?: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableQuery?: Readonly<Record<string, { readonly value: string }>>;
  /** These three are set in answers. */
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly unknown[];
}

/** What the host tells the worker about one call. */
export interface InvocationRequest {
  readonly invocationId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string };
}

export interface InvocationResponse {
  readonly returnValue?: TypedData | null;
}

/** What the library gets for one call. */
export interface CallContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: Pick<RegisteredFunction, 'name' | 'bindings'>;
  /** The library accepts logs after the function has ended only from hooks. */
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  readonly log: (level: Level, category: string, message: string) => void;
}

/** How the library wants one call to be made. */
export interface InvocationModel {
  readonly getArguments: () => Promise<{ context: unknown; inputs: unknown[] }>;
  readonly invokeFunction: (context: unknown, inputs: unknown[], callback: unknown) => Promise<unknown>;
  readonly getResponse: (context: unknown, result: unknown) => Promise<InvocationResponse>;
}

/**
 * Makes one call as the real worker does: arguments, `preInvocation` hooks, the function, `postInvocation` hooks, answer.
 * The hooks may replace inputs, callback, result and error. Rejects with the function's error.
 */
export async function invoke(
  app: App,
  called: RegisteredFunction,
  request: InvocationRequest,
): Promise<InvocationResponse> {
  if (!app.model) throw new Error('The app set no programming model.');
  const call: CallContext = {
    invocationId: request.invocationId,
    request,
    metadata: called,
    log: (level, category, message) => {
      app.log(level, category === 'system' ? 'worker' : called.name, message);
    },
  };
  const model = await app.model.getInvocationModel(call);
  const { context, inputs } = await model.getArguments();

  const hookData = {};
  const before = { hookData, invocationContext: context, inputs, functionCallback: called.callback };
  call.state = 'preInvocationHooks';
  await runHooks(app, 'preInvocation', before);

  const after = { hookData, invocationContext: context, inputs: before.inputs, ...noResult };
  call.state = 'invocation';
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }

  call.state = 'postInvocationHooks';
  await runHooks(app, 'postInvocation', after);
  delete call.state;
  if (after.error !== null) throw after.error instanceof Error ? after.error : new Error(inspect(after.error));
  return model.getResponse(context, after.result);
}

const noResult: { result: unknown; error: unknown } = { result: null, error: null };
