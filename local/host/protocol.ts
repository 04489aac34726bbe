import type { Level } from './log.js';

/** A value as it travels between host and worker. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  /** Of an HTTP call everything travels in its other half: see `forward.ts`. */
  readonly http?: object;
}

/** What the host tells the worker about one call. */
export interface InvocationRequest {
  readonly invocationId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string };
}

/** What a function declares: its trigger, its inputs and outputs, by name. */
export interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  /** Of a queue trigger: its queue, and the setting with the connection. */
  readonly queueName?: string;
  readonly connection?: string;
}

/** What the library gets for one call. */
export interface CallContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: { readonly name: string; readonly bindings: Readonly<Record<string, Binding>> };
  /** The library accepts logs after the function has ended only from hooks. */
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  readonly log: (level: Level, category: string, message: string) => void;
}

/** How the library wants one call to be made. */
export interface InvocationModel {
  readonly getArguments: () => Promise<{ context: unknown; inputs: unknown[] }>;
  readonly invokeFunction: (context: unknown, inputs: unknown[], callback: unknown) => Promise<unknown>;
  readonly getResponse: (context: unknown, result: unknown) => Promise<unknown>;
}
