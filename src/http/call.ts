import type { HttpRequest } from '@azure/functions';
import type { Admit } from '../auth/admit.js';
import type { Caller, Role } from '../auth/caller.js';
import type { Config } from '../config.js';
import type { Graph, GraphObject } from '../graph/client.js';
import type { Journey } from '../graph/control.js';
import type { Deadline } from '../graph/deadline.js';
import type { Check } from '../graph/readiness.js';
import type { Shutdown } from '../graph/shutdown.js';
import type { Parse, Wanted } from '../resource/parse.js';
import type { Resource } from '../resource/resource.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Answer } from './answer.js';

/** What every story can use. */
export interface Deps {
  readonly config: Config;
  readonly resource: Resource;
  readonly graph: Graph;
  /** Whether updates can succeed at present. */
  readonly readiness: () => Promise<readonly Check[]>;
  readonly shutdown: Shutdown;
  /** Lets a caller in, or throws. */
  readonly admit: Admit;
  readonly telemetry: Telemetry;
  /** Holds a body against the resource's table. */
  readonly parse: Parse;
}

/** One call, read so far that its story can begin; nobody knows whose it is. */
export interface OpenCall {
  readonly request: HttpRequest;
  /** The id in the path; empty where the path has none. */
  readonly id: string;
  readonly deps: Deps;
  readonly deadline: Deadline;
  readonly journey: Journey;
  readonly audit: Audit;
}

/** What the audit tells of an update, filled in as the story goes on. */
export interface Audit {
  wanted?: Wanted;
  /** The object before the write; left out where it is not known. */
  before?: GraphObject;
}

/** One call of one caller, who has the role that it needs. */
export interface Call extends OpenCall {
  readonly caller: Caller;
}

/** A story answers with the content of a 200, or throws a Problem. */
export type Story = (call: Call) => Promise<Answer>;

/** What a method of a path does, and the role that it needs; `none` is for everybody, without a token. */
export type Entry =
  | { readonly role: Role; readonly story: Story; /** Every call leaves an audit event. */ readonly audited?: true }
  | { readonly role: 'none'; readonly story: (call: OpenCall) => Promise<Answer> };
