import Module from 'node:module';
import type { Level, Log } from './log.js';
import type { Binding, CallContext, InvocationModel } from './protocol.js';

/** A function of the app. */
export interface RegisteredFunction {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  /** The name of the trigger's binding. */
  readonly triggerName: string;
  readonly trigger: Binding;
  readonly callback: unknown;
}

type Hook = (context: Record<string, unknown>) => unknown;

const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation'] as const;
type HookName = (typeof hookNames)[number];

/** What `@azure/functions` hands over: how a call is turned into arguments and an answer, and the modes the app set up. */
interface ProgrammingModel {
  readonly getInvocationModel: (context: CallContext) => InvocationModel | Promise<InvocationModel>;
  readonly getCapabilities?: (workers: Record<string, string>) => Promise<Record<string, string>>;
}

/** The app of this process: what it registered while it was loaded. */
export interface App {
  readonly functions: RegisteredFunction[];
  readonly hooks: Readonly<Record<HookName, Hook[]>>;
  readonly log: Log;
  model?: ProgrammingModel;
  /** After the start nothing can be registered, as in the real worker. */
  started: boolean;
}

class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

const coreModule = '@azure/functions-core';

/**
 * Loads an app: the unmodified `@azure/functions` finds its host by requiring `@azure/functions-core`, which only a worker provides; here
 * it gets ours. Then runs the `appStart` hooks. Whatever the app throws comes out as it is. One app per process.
 */
export async function loadApp(entryPoint: string, log: Log): Promise<App> {
  const app: App = {
    functions: [],
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [] },
    log,
    started: false,
  };
  const core = coreOf(app);
  const prototype: { require: (this: Module, name: string) => unknown } = Module.prototype;
  const { require } = prototype;
  prototype.require = function (name) {
    return name === coreModule ? core : require.call(this, name);
  };
  Module.createRequire(entryPoint)(entryPoint);
  await runHooks(app, 'appStart', { hookData: {} });
  app.started = true;
  if (app.functions.length === 0) throw new Error('The app registers no functions.');
  return app;
}

/** Runs the hooks of one kind, one after the other, in the order of registration. */
export async function runHooks(app: App, name: HookName, context: Record<string, unknown>): Promise<void> {
  for (const hook of app.hooks[name]) await hook(context);
}

function coreOf(app: App) {
  return {
    version: '3.10.0',
    hostVersion: '4.1040.0',
    Disposable,
    setProgrammingModel: (model: ProgrammingModel) => {
      app.model = model;
    },
    getProgrammingModel: () => app.model,
    log: (level: Level, category: string, message: string) => {
      app.log(level, category === 'system' ? 'worker' : category, message);
    },
    registerFunction: (metadata: { name: string; bindings: Record<string, Binding> }, callback: unknown) => {
      if (app.started) throw new Error('A function can only be registered while the app starts.');
      const registered = readFunction(metadata, callback);
      if (app.functions.some(({ name }) => name.toLowerCase() === registered.name.toLowerCase())) {
        throw new Error(`A function "${registered.name}" is registered twice.`);
      }
      app.functions.push(registered);
      return removable(app.functions, registered);
    },
    registerHook: (name: string, hook: Hook) => {
      const known = hookNames.find((one) => one === name);
      if (!known) throw new RangeError(`This host has no "${name}" hook.`);
      app.hooks[known].push(hook);
      return removable(app.hooks[known], hook);
    },
  };
}

function removable<Item>(items: Item[], item: Item): Disposable {
  return new Disposable(() => {
    const index = items.indexOf(item);
    if (index >= 0) items.splice(index, 1);
  });
}

function readFunction(metadata: { name: string; bindings: Record<string, Binding> }, callback: unknown) {
  const { name, bindings } = metadata;
  if (!/^[a-z][\w-]{0,126}$/i.test(name)) throw new Error(`"${name}" cannot be the name of a function.`);
  const [triggerName, trigger] = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type)) ?? [];
  if (triggerName === undefined || !trigger) throw new Error(`Function "${name}" has no trigger.`);
  return { name, bindings, triggerName, trigger, callback };
}
