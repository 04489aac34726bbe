import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { openCall } from '../call.js';
import type { Config } from '../config.js';
import { Problem, problems, type ProblemRow } from '../problem.js';
import type { Resource } from '../resource/resource.js';
import { worded, type Words } from '../resource/words.js';
import type { Graph } from './client.js';
import { deadlineIn } from '../deadline.js';
import type { TokenSource } from './token.js';

/** One thing that was looked at. */
export interface Check {
  readonly name: 'token' | 'permission' | 'graph' | 'storage' | 'telemetry';
  readonly ok: boolean;
  /** What was found and, for the operator, the setting or the grant that mends it. */
  readonly message: string;
}

/** A function that looks at everything without which no update can succeed. */
export function createReadiness(
  config: Config,
  resource: Resource,
  graph: Graph,
  tokens: TokenSource,
  ends: AbortSignal,
): () => Promise<readonly Check[]> {
  return async () => {
    const deadline = deadlineIn(config.limits.readyMs);
    const token = await tokens.get(deadline, ends).catch(() => undefined);
    if (token === undefined) return [noToken];
    const failure = await graph.page('', openCall({ requestId: randomUUID(), deadline }), { maxAttempts: 1 }).then(
      () => undefined,
      (error: unknown) => (error instanceof Problem ? error.code : 'internal'),
    );
    const reached =
      failure === undefined
        ? worded('Microsoft Graph lists the {{objects}}.', resource)
        : told(problems[failure], resource);
    return [
      { name: 'token', ok: true, message: 'The managed identity has a token for Microsoft Graph.' },
      permission(token, resource.permission[config.graph.version] ?? ''),
      { name: 'graph', ok: failure === undefined, message: reached },
    ];
  };
}

const told = ({ title, description }: ProblemRow, words: Words) => worded(`${title}. ${description}`, words);

const noToken: Check = {
  name: 'token',
  ok: false,
  message:
    'There is no token for Microsoft Graph. Check that the managed identity of MANAGED_IDENTITY_CLIENT_ID exists and is assigned to this app.',
};

/** Reads the roles inside the token. It is Graph's to judge it; here it only explains a refusal before it happens. */
function permission(token: string, needed: string): Check {
  const name = 'permission';
  try {
    const { roles } = decodeJwt<{ roles?: unknown }>(token);
    if (Array.isArray(roles) && roles.includes(needed))
      return { name, ok: true, message: `The token holds ${needed}.` };
    const message = `The token does not hold ${needed}. Grant this application permission of Microsoft Graph to the managed identity; a token that was given before lives on for up to a day.`;
    return { name, ok: false, message };
  } catch {
    return { name, ok: true, message: 'The token cannot be looked into.' };
  }
}
