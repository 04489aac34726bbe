import type { HttpRequest } from '@azure/functions';
import type { Role } from '../auth/caller.js';
import type { Call } from '../call.js';
import type { Parts } from '../compose.js';
import type { Answer } from './answer.js';

/** A call with the request that brought it. */
export interface HttpCall extends Call {
  readonly request: HttpRequest;
  /** The id in the path; empty where the path has none, and until it is known to be one. */
  id: string;
}

/** Answers with the content of a 200, or throws a Problem. */
export type Handler = (call: HttpCall, parts: Parts) => Promise<Answer>;

/** What a method of a path does, and the role that it needs; `none` is for everybody, without a token. */
export interface Endpoint {
  readonly role: Role | 'none';
  readonly handler: Handler;
  /** Every call leaves an audit event, also one that is refused. */
  readonly audited?: true;
}

/** A path with what it does by method; without methods it is not part of this API. HEAD is GET without a body (RFC 9110 §9.3.2). */
export interface Path {
  readonly route: string;
  readonly methods?: Readonly<Record<string, Endpoint>>;
}
