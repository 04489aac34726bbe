import type { HttpRequest } from '@azure/functions';
import type { Config } from '../config.js';
import type { Graph } from '../graph/client.js';
import type { Journey } from '../graph/control.js';
import type { Deadline } from '../graph/deadline.js';
import type { Shutdown } from '../graph/shutdown.js';
import type { Parsed } from '../resource/parse.js';

/** What every story can use. */
export interface Deps {
  readonly config: Config;
  readonly graph: Graph;
  readonly shutdown: Shutdown;
  /** Holds a body against the resource's table. */
  readonly parse: (body: unknown, id: string) => Parsed;
}

/** One call of one caller, read so far that its story can begin. */
export interface Call {
  readonly request: HttpRequest;
  /** The id in the path; empty where the path has none. */
  readonly id: string;
  readonly deps: Deps;
  readonly deadline: Deadline;
  readonly journey: Journey;
}

/** A story answers with the value of a 200, or throws a Problem. */
export type Story = (call: Call) => Promise<unknown>;
