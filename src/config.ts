import Joi from 'joi';

interface Setting {
  readonly rule: Joi.Schema;
  readonly example: string;
  readonly says: string;
}

const milliseconds = (value: number, says: string, least = 1): Setting => ({
  rule: Joi.number()
    .integer()
    .min(least)
    .max(2 ** 31 - 1)
    .default(value),
  example: String(value),
  says: `${says} In milliseconds.`,
});

const guid = (says: string): Setting => ({
  rule: Joi.string().guid().required(),
  example: '00000000-0000-0000-0000-000000000000',
  says,
});

/** Clouds of Microsoft: where Graph is. Source: "National cloud deployments" of the Graph documentation. */
const clouds = {
  global: 'https://graph.microsoft.com',
  usgov: 'https://graph.microsoft.us',
  usgovdod: 'https://dod-graph.microsoft.us',
  china: 'https://microsoftgraph.chinacloudapi.cn',
} as const;

/** Every setting of this product, with its rule, its default, an example and what it is for. README and the sample are held against this table. */
export const settings = {
  GRAPH_CLOUD: {
    rule: Joi.string()
      .valid(...Object.keys(clouds))
      .default('global'),
    example: 'global',
    says: 'Which of Microsoft’s clouds: global, usgov, usgovdod or china.',
  },
  GRAPH_ROOT: {
    rule: Joi.string().uri({ scheme: ['http', 'https'] }),
    example: 'https://graph.microsoft.com',
    says: 'Root of Graph, when it is not that of GRAPH_CLOUD; https, or plain http on a loopback address in Development.',
  },
  GRAPH_VERSION: {
    rule: Joi.string().valid('beta', 'v1.0').default('beta'),
    example: 'beta',
    says: 'Version of Graph: beta or v1.0.',
  },
  GRAPH_CREDENTIAL: {
    rule: Joi.string().valid('managed-identity', 'azure-cli').default('managed-identity'),
    example: 'managed-identity',
    says: 'Who calls Graph: the managed identity, or who is signed in to the Azure CLI (for a laptop against a real tenant).',
  },
  MANAGED_IDENTITY_CLIENT_ID: guid('Client id of the user-assigned managed identity that calls Graph.'),
  VALIDATION: {
    rule: Joi.string().valid('documented', 'strict').default('documented'),
    example: 'documented',
    says: 'documented: what Graph’s update page allows; strict: scores 0 to 100 or -1, counts from 0, no unknownFutureValue.',
  },
  VERIFY_TOLERANCE: {
    rule: Joi.number().min(0).max(1).default(1e-9),
    example: '1e-9',
    says: 'How far a number in Graph’s answer may be from the one that was sent, relative to it.',
  },
  AUDIT_FROM: {
    rule: Joi.string().valid('read', 'none').default('read'),
    example: 'read',
    says: 'read: one GET before each write, for the values before it; none: saves that call.',
  },
  DEADLINE_MS: milliseconds(60_000, 'For one call as a whole: token, attempts, waits and read-backs.'),
  CONNECT_TIMEOUT_MS: milliseconds(5_000, 'For a connection to Graph.'),
  ATTEMPT_TIMEOUT_MS: milliseconds(35_000, 'For one attempt at Graph, from sending to the last byte of the answer.'),
  AUDIT_READ_TIMEOUT_MS: milliseconds(5_000, 'For the GET before the write.'),
  LEAST_ATTEMPT_MS: milliseconds(1_000, 'An attempt with less time left than this is not begun.'),
  MAX_ATTEMPTS: {
    rule: Joi.number().integer().min(1).max(10).default(3),
    example: '3',
    says: 'Attempts at Graph for one call, the first included.',
  },
  BACKOFF_BASE_MS: milliseconds(500, 'Upper bound of the first wait that Graph has not named; doubled for each next.'),
  BACKOFF_CAP_MS: milliseconds(10_000, 'Upper bound of every wait that Graph has not named.'),
  READ_BACK_DELAY_MS: milliseconds(1_000, 'Wait before the read-back when Graph’s answer shows other values.', 0),
  READ_BACK_LEAST_MS: milliseconds(2_000, 'A read-back after an ambiguous attempt is not begun with less time left.'),
  TOKEN_TIMEOUT_MS: milliseconds(5_000, 'For a token from the identity.'),
  TOKEN_REFRESH_AHEAD_MS: milliseconds(300_000, 'How long before its end a token is renewed in the background.'),
  SHUTDOWN_WRITES_MS: milliseconds(3_000, 'What running calls are given when the instance shuts down.', 0),
} as const satisfies Record<string, Setting>;

type Name = keyof typeof settings;

/** The settings, checked and frozen. */
export interface Config {
  readonly graph: {
    readonly root: string;
    readonly version: string;
    readonly scope: string;
    readonly credential: 'managed-identity' | 'azure-cli';
    readonly identityClientId: string;
  };
  readonly validation: 'documented' | 'strict';
  readonly verifyTolerance: number;
  readonly auditFrom: 'read' | 'none';
  readonly limits: Limits;
}

export interface Limits {
  readonly deadlineMs: number;
  readonly connectMs: number;
  readonly attemptMs: number;
  readonly auditReadMs: number;
  readonly leastAttemptMs: number;
  readonly maxAttempts: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  readonly readBackDelayMs: number;
  readonly readBackLeastMs: number;
  readonly tokenMs: number;
  readonly tokenRefreshAheadMs: number;
  readonly shutdownWritesMs: number;
}

interface Values extends Record<Exclude<Name, StringName>, number> {
  readonly GRAPH_CLOUD: keyof typeof clouds;
  readonly GRAPH_ROOT?: string;
  readonly GRAPH_VERSION: string;
  readonly GRAPH_CREDENTIAL: 'managed-identity' | 'azure-cli';
  readonly MANAGED_IDENTITY_CLIENT_ID: string;
  readonly VALIDATION: 'documented' | 'strict';
  readonly AUDIT_FROM: 'read' | 'none';
}
type StringName =
  | 'GRAPH_CLOUD'
  | 'GRAPH_ROOT'
  | 'GRAPH_VERSION'
  | 'GRAPH_CREDENTIAL'
  | 'MANAGED_IDENTITY_CLIENT_ID'
  | 'VALIDATION'
  | 'AUDIT_FROM';

/** Says all that is wrong with the settings, one line each: name, reason, example, and never a value (F37). */
export class SettingsError extends Error {
  constructor(mistakes: readonly string[]) {
    super(`The settings are not usable:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

const schema = Joi.object<Values>(
  Object.fromEntries(Object.entries(settings).map(([name, { rule }]) => [name, rule])),
).unknown(true);

const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * The settings from the environment; an empty text counts as left out.
 * @throws SettingsError that names every mistake at once
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.validate(given, { abortEarly: false, errors: { render: false } });
  const error = result.error;
  const value = result.value as Values;
  const mistakes = (error?.details ?? []).map(({ path, type }) => mistake(path.join('.') as Name, type));
  const development = environment.AZURE_FUNCTIONS_ENVIRONMENT === 'Development';
  if (!development) {
    mistakes.push(
      'AZURE_FUNCTIONS_ENVIRONMENT must be Development: callers are not verified yet, so that this version runs on a laptop only.',
    );
  }
  if (error !== undefined) throw new SettingsError(mistakes);
  const root = value.GRAPH_ROOT ?? clouds[value.GRAPH_CLOUD];
  if (!isSafeRoot(root, development)) mistakes.push(mistake('GRAPH_ROOT', 'unsafe'));
  if (mistakes.length > 0) throw new SettingsError(mistakes);

  return Object.freeze({
    graph: {
      root: new URL(root).origin,
      version: value.GRAPH_VERSION,
      scope: `${clouds[value.GRAPH_CLOUD]}/.default`,
      credential: value.GRAPH_CREDENTIAL,
      identityClientId: value.MANAGED_IDENTITY_CLIENT_ID,
    },
    validation: value.VALIDATION,
    verifyTolerance: value.VERIFY_TOLERANCE,
    auditFrom: value.AUDIT_FROM,
    limits: {
      deadlineMs: value.DEADLINE_MS,
      connectMs: value.CONNECT_TIMEOUT_MS,
      attemptMs: value.ATTEMPT_TIMEOUT_MS,
      auditReadMs: value.AUDIT_READ_TIMEOUT_MS,
      leastAttemptMs: value.LEAST_ATTEMPT_MS,
      maxAttempts: value.MAX_ATTEMPTS,
      backoffBaseMs: value.BACKOFF_BASE_MS,
      backoffCapMs: value.BACKOFF_CAP_MS,
      readBackDelayMs: value.READ_BACK_DELAY_MS,
      readBackLeastMs: value.READ_BACK_LEAST_MS,
      tokenMs: value.TOKEN_TIMEOUT_MS,
      tokenRefreshAheadMs: value.TOKEN_REFRESH_AHEAD_MS,
      shutdownWritesMs: value.SHUTDOWN_WRITES_MS,
    },
  });
}

/** Tokens travel to this host: nothing but its origin may be given, and plain http only to this machine in Development. */
function isSafeRoot(root: string, development: boolean): boolean {
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(root);
  if (pathname !== '/' || search + hash + username + password !== '') return false;
  return protocol === 'https:' || (development && loopbackHosts.includes(hostname));
}

function mistake(name: Name, type: string): string {
  const { example, says } = settings[name];
  const reason = type === 'any.required' ? 'is missing' : 'has a value that cannot be used';
  return `${name} ${reason}. ${says} Example: ${name}=${example}`;
}
