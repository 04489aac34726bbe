import { inspect } from 'node:util';
import { runHooks, type App, type RegisteredFunction } from './core.js';
import type { CallContext, InvocationRequest } from './protocol.js';

/**
 * Makes one call as the real worker does: arguments, `preInvocation` hooks, the function, `postInvocation` hooks, answer.
 * The hooks may replace inputs, callback, result and error. Rejects with the function's error.
 */
export async function invoke(app: App, called: RegisteredFunction, request: InvocationRequest): Promise<void> {
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
  await model.getResponse(context, after.result);
}

const noResult: { result: unknown; error: unknown } = { result: null, error: null };
