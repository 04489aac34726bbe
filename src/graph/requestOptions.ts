import type { Context, MiddlewareOptions } from '@microsoft/microsoft-graph-client';
import type { Call } from '../call.js';
import type { Limit } from '../deadline.js';
import type { Failure } from './failure.js';

/** Carries what one request is told through the Graph client to our links of its chain, and back how it ended. */
export class RequestOptions implements MiddlewareOptions {
  /** The attempt that is under way; undefined before the first. */
  attempt?: { readonly limit: Limit; readonly freshConnection: boolean };
  /** The failure that ended the attempts. */
  failure?: Failure;
  /** What ended the request. The Graph client dresses everything that is thrown inside its chain as an error of its own. */
  thrown: unknown;

  constructor(
    readonly method: 'GET' | 'PATCH' | 'POST',
    /** For telemetry; see {@link Attempt}. */
    readonly name: string,
    /** It may change something: after an ambiguous attempt the outcome is unknown. */
    readonly writes: boolean,
    readonly call: Call,
    readonly limits: { readonly attemptMs: number; readonly maxAttempts: number; readonly answerBytes: number },
    /** With its question mark, exactly as it is sent; the Graph client takes queries apart and puts them together otherwise. */
    readonly search = '',
  ) {}

  /** @throws Error when a request was made past our own functions */
  static of({ middlewareControl }: Context): RequestOptions {
    const options = middlewareControl?.getMiddlewareOptions(RequestOptions);
    if (!(options instanceof RequestOptions)) throw new Error('A Graph request without its options.');
    return options;
  }
}
