/** What became of an update: `not-applied` is certain; `unknown` means that it left us and no trustworthy answer came. */
export type Outcome = 'not-applied' | 'unknown';

/** What a problem always says, and when sending again can help. */
export interface ProblemRow {
  readonly status: number;
  readonly title: string;
  /** What happened and what the caller can do, in the caller's words. */
  readonly description: string;
  /** Whether sending the same request again can help. */
  readonly retry: 'no' | 'yes' | 'after the wait';
  /** `WWW-Authenticate` (RFC 6750 §3): no error is named to a caller who sent no token. */
  readonly challenge?: string;
}

/** Every problem that this API answers with (RFC 9457). Answers and the README's list are made from this table. */
export const problems = {
  'invalid-json': {
    status: 400,
    title: 'The body is not JSON',
    description: 'Send one JSON object in UTF-8, without a byte order mark, comments or anything after it.',
    retry: 'no',
  },
  'invalid-body': {
    status: 400,
    title: 'The body breaks the contract',
    description: 'Mend every mistake that `errors` lists, and send the request again.',
    retry: 'no',
  },
  'null-not-confirmed': {
    status: 400,
    title: 'The body holds null, and nothing says that it is meant',
    description:
      'Many serializers write null for what was never set. Leave the properties out to keep their values; to clear them, add ?null=clear to the address, or send the body as application/merge-patch+json.',
    retry: 'no',
  },
  'invalid-csv': {
    status: 400,
    title: 'The table cannot be read',
    description:
      'Save it as CSV in UTF-8, with a header line that names the columns, and mend every mistake that `errors` lists.',
    retry: 'no',
  },
  'duplicate-key': {
    status: 400,
    title: 'A property stands twice in the body',
    description: 'Send each property once: it is not clear which of the values is meant.',
    retry: 'no',
  },
  'invalid-id': {
    status: 400,
    title: 'The id cannot be one of a {{object}}',
    description:
      'Use an id as the list of {{objects}} gives it: letters, digits and . _ ~ = - only, at most 256 characters.',
    retry: 'no',
  },
  'invalid-query': {
    status: 400,
    title: 'The query breaks the contract',
    description: 'Mend every parameter that `errors` lists, and send the request again.',
    retry: 'no',
  },
  'invalid-idempotency-key': {
    status: 400,
    title: 'The Idempotency-Key is missing or cannot be used',
    description:
      'Send a header Idempotency-Key of 1 to 128 visible ASCII characters, new for each job and the same when you send a job again.',
    retry: 'no',
  },
  'precondition-not-supported': {
    status: 400,
    title: 'The precondition is not supported',
    description: 'Microsoft Graph keeps no versions of these objects. Leave the header out; If-Match may also be "*".',
    retry: 'no',
  },
  unauthenticated: {
    status: 401,
    title: 'The call carries no access token',
    description: 'Send a token of Microsoft Entra ID for this API: "Authorization: Bearer <token>".',
    retry: 'no',
    challenge: 'Bearer realm="model-performance"',
  },
  'invalid-token': {
    status: 401,
    title: 'The access token is not valid for this API',
    description: 'Get a new token for this API (a v2.0 access token, not an ID token) and send the same request again.',
    retry: 'no',
    challenge: 'Bearer realm="model-performance", error="invalid_token"',
  },
  forbidden: {
    status: 403,
    title: 'The caller may not do this',
    description:
      'An administrator must grant it to the caller; a person’s token also needs the scope access_as_user, and the calling application must be one that this API allows.',
    retry: 'no',
    challenge: 'Bearer realm="model-performance", error="insufficient_scope"',
  },
  'not-found': {
    status: 404,
    title: 'There is no such {{object}}',
    description: 'Microsoft Graph has no {{object}} with this id. Ids change when endpoint analytics is set up anew.',
    retry: 'no',
  },
  'job-not-found': {
    status: 404,
    title: 'There is no such job',
    description: 'No job of this caller has this id. Jobs are forgotten some time after they were submitted.',
    retry: 'no',
  },
  'unknown-path': {
    status: 404,
    title: 'There is nothing at this path',
    description: 'Check the path against the documentation of this API.',
    retry: 'no',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method does not fit the path',
    description: 'Use one of the methods that the Allow header lists.',
    retry: 'no',
  },
  conflict: {
    status: 409,
    title: 'Microsoft Graph reports a conflict',
    description:
      'Somebody else is changing the same {{object}}, or it is locked. Look at it, then decide whether to send the update again.',
    retry: 'no',
  },
  'job-not-finished': {
    status: 409,
    title: 'The job has not ended',
    description: 'Ask again after the wait: there is no result before the job has ended.',
    retry: 'after the wait',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    description: 'An update is at most 64 KiB.',
    retry: 'no',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type is not supported',
    description: 'Send application/json or application/merge-patch+json, in UTF-8 and without content encoding.',
    retry: 'no',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key belongs to another job',
    description:
      'This key came with other rows before. Send a new key for a new job, or the same rows to have the first one again.',
    retry: 'no',
  },
  'rejected-by-graph': {
    status: 422,
    title: 'Microsoft Graph rejected the values',
    description:
      'The values fit this contract, and Microsoft Graph refused them. Other values may pass; tell the operator of this API.',
    retry: 'no',
  },
  'graph-permission-missing': {
    status: 424,
    title: 'This API may not write to Microsoft Graph',
    description:
      'The operator of this API must grant it a permission or a licence. Sending the request again does not help before that.',
    retry: 'no',
  },
  'operation-not-supported-by-graph': {
    status: 424,
    title: 'Microsoft Graph does not support this operation',
    description:
      'Microsoft Graph does not know this operation at present. The operator of this API has to look into it.',
    retry: 'no',
  },
  'update-not-visible': {
    status: 424,
    title: 'Microsoft Graph accepted the update and does not show it',
    description:
      'Microsoft Graph answered with success and does not show the new values of the properties in `errors`, for now or for good. Read the {{object}} in a minute.',
    retry: 'no',
  },
  'graph-throttled': {
    status: 429,
    title: 'Microsoft Graph is throttling',
    description: 'Microsoft Graph asked to slow down. Send the same update again after the wait.',
    retry: 'after the wait',
  },
  internal: {
    status: 500,
    title: 'Something went wrong in this API',
    description: 'The failure has been recorded. Give its request id to the operator of this API.',
    retry: 'yes',
  },
  'job-failed': {
    status: 500,
    title: 'The job was given up',
    description:
      'It got nowhere for too long, and this row was never sent. The operator of this API has to look into it.',
    retry: 'yes',
  },
  'graph-error': {
    status: 502,
    title: 'Microsoft Graph failed',
    description:
      'Microsoft Graph answered with an error of its own. Read the {{object}} to see its values, or send the same update again.',
    retry: 'yes',
  },
  'graph-rejected-credentials': {
    status: 502,
    title: 'Microsoft Graph rejected the identity of this API',
    description: 'The operator of this API must look into its identity.',
    retry: 'no',
  },
  'graph-redirected': {
    status: 502,
    title: 'Microsoft Graph answered with a redirect',
    description: 'Redirects are never followed. The operator of this API must look into it.',
    retry: 'no',
  },
  'graph-connection-lost': {
    status: 502,
    title: 'The connection to Microsoft Graph was lost',
    description: 'Read the {{object}} to see its values, or send the same update again.',
    retry: 'yes',
  },
  'update-unverified': {
    status: 502,
    title: 'The update could not be verified',
    description:
      'Microsoft Graph answered with success, and the new values could not be read. Read the {{object}}, or send the same update again.',
    retry: 'yes',
  },
  'job-interrupted': {
    status: 502,
    title: 'The job was interrupted while the update was under way',
    description:
      'It may have been applied, and what the {{object}} shows does not tell. Read the {{object}}, or send the same update again.',
    retry: 'yes',
  },
  'not-ready': {
    status: 503,
    title: 'Updates cannot succeed at present',
    description: 'Ask again later. With a token that may write, the answer tells what to mend.',
    retry: 'after the wait',
  },
  'not-configured': {
    status: 503,
    title: 'This API is not configured',
    description: 'Its operator must mend its settings; the log of the app names each that is wrong.',
    retry: 'no',
  },
  'graph-unavailable': {
    status: 503,
    title: 'Microsoft Graph is unavailable',
    description: 'Send the same update again later.',
    retry: 'yes',
  },
  'graph-unreachable': {
    status: 503,
    title: 'Microsoft Graph cannot be reached',
    description: 'No connection came about. Send the same update again later.',
    retry: 'yes',
  },
  'identity-unavailable': {
    status: 503,
    title: 'The identity of this API is unavailable',
    description: 'No token for Microsoft Graph could be had. Send the same update again after the wait.',
    retry: 'after the wait',
  },
  'signing-keys-unavailable': {
    status: 503,
    title: 'Access tokens cannot be checked at present',
    description: 'The signing keys of Microsoft Entra ID could not be had. Send the same request again after the wait.',
    retry: 'after the wait',
  },
  'storage-unavailable': {
    status: 503,
    title: 'The storage for jobs is unavailable',
    description:
      'Send the same request again after the wait, a new job with the same Idempotency-Key: it is accepted once.',
    retry: 'after the wait',
  },
  'shutting-down': {
    status: 503,
    title: 'This instance is shutting down',
    description: 'Send the same update again: another instance answers.',
    retry: 'after the wait',
  },
  'graph-timeout': {
    status: 504,
    title: 'Microsoft Graph did not answer in time',
    description: 'Read the {{object}} to see its values, or send the same update again.',
    retry: 'yes',
  },
} as const satisfies Record<string, ProblemRow>;

export type Code = keyof typeof problems;

/** One mistake in a body: where it is (RFC 6901), a code for programs and a sentence for people. Never holds a submitted value. */
export interface Mistake {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

interface More {
  readonly errors?: readonly Mistake[];
  /** How many there are, where many updates can have more than are listed. */
  readonly errorsTotal?: number;
  readonly retryAfterSeconds?: number;
  /** Methods that fit the path, for 405. */
  readonly allow?: readonly string[];
  /** What is particular to this occurrence, as one sentence of ours; it stands before what the row says. */
  readonly reason?: string;
  /** What to do about this occurrence, as one sentence of ours, where what the row says would mislead; it stands in its place. */
  readonly advice?: string;
  /** Content types of bodies that are taken, for 415, and the header that says so (RFC 5789 §2.2; Accept-Post is its sibling for POST). */
  readonly accept?: { readonly header: 'accept-patch' | 'accept-post'; readonly types: readonly string[] };
  /** What the operator's log says of it, as one sentence of ours without values: never part of an answer. */
  readonly note?: string | undefined;
  /** For telemetry alone: never part of an answer. */
  readonly cause?: unknown;
}

/** A refusal or a failure that the caller is told of; everything else that is thrown becomes `internal`. */
export class Problem extends Error {
  constructor(
    readonly code: Code,
    readonly outcome: Outcome = 'not-applied',
    readonly more: More = {},
  ) {
    super(code, { cause: more.cause });
    this.name = 'Problem';
  }
}
