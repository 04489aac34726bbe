import Joi from 'joi';
import { threadEnvironment } from './telemetry/environment.js';

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

const oneGuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const exampleGuid = '00000000-0000-0000-0000-000000000000';

/** Pairs of name and value, among them the key; the library would drop the whole text for one pair that is none, and rewrite http. */
const connectionString =
  /^(?=(.*;)?InstrumentationKey=[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(;|$))(?!.*=http:)[^;=]+=[^;=]+(;[^;=]+=[^;=]+)*$/;

/** Ids are compared in lower case, as Entra ID writes them into its tokens. */
const guid = (says: string): Setting => ({
  rule: Joi.string()
    .lowercase()
    .pattern(new RegExp(`^${oneGuid}$`))
    .required(),
  example: exampleGuid,
  says,
});

/** Clouds of Microsoft: where Graph and Entra ID are. Source: "National cloud deployments" of the Graph documentation. */
const clouds = {
  global: { graph: 'https://graph.microsoft.com', login: 'https://login.microsoftonline.com' },
  usgov: { graph: 'https://graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  usgovdod: { graph: 'https://dod-graph.microsoft.us', login: 'https://login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', login: 'https://login.chinacloudapi.cn' },
} as const;

const root = (of: string, example: string): Setting => ({
  rule: Joi.string().uri({ scheme: ['http', 'https'] }),
  example,
  says: `Root of ${of}, when it is not that of GRAPH_CLOUD; https, or plain http on a loopback address in Development.`,
});

/** Every setting of this product, with its rule, its default, an example and what it is for. README and the sample are held against this table. */
export const settings = {
  GRAPH_CLOUD: {
    rule: Joi.string()
      .valid(...Object.keys(clouds))
      .default('global'),
    example: 'global',
    says: 'Which of Microsoft’s clouds: global, usgov, usgovdod or china.',
  },
  GRAPH_ROOT: root('Graph', 'https://graph.microsoft.com'),
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
  ENTRA_TENANT_ID: guid('The tenant whose tokens are accepted; no other one’s are.'),
  ENTRA_API_CLIENT_ID: guid('Client id of this API’s own registration: the audience of its callers’ tokens.'),
  ENTRA_ALLOWED_CLIENT_IDS: {
    rule: Joi.string()
      .lowercase()
      .pattern(new RegExp(`^ *${oneGuid} *(, *${oneGuid} *)*$`)),
    example: `${exampleGuid},${exampleGuid.replace(/0$/, '1')}`,
    says: 'Client ids of the applications that may call, separated by commas; left out: every one that was granted a role.',
  },
  ENTRA_ROOT: root('Entra ID', 'https://login.microsoftonline.com'),
  PUBLIC_BASE_URL: {
    rule: Joi.string().uri({ scheme: ['http', 'https'] }),
    example: 'https://models.example.com',
    says: 'Where callers find this API, for links in answers; by default the host name that the platform gives the app.',
  },
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
  READY_TIMEOUT_MS: milliseconds(10_000, 'For what /health/ready looks at.'),
  READY_CACHE_MS: milliseconds(5_000, 'How long an answer of /health/ready is kept.', 0),
  TOKEN_TIMEOUT_MS: milliseconds(5_000, 'For a token from the identity.'),
  TOKEN_REFRESH_AHEAD_MS: milliseconds(300_000, 'How long before its end a token is renewed in the background.'),
  SIGNING_KEYS_TIMEOUT_MS: milliseconds(5_000, 'For the signing keys of Entra ID.'),
  SIGNING_KEYS_COOLDOWN_MS: milliseconds(30_000, 'Least time between two requests for them, successful or not.'),
  SIGNING_KEYS_REFRESH_MS: milliseconds(3_600_000, 'Age from which they are renewed in the background.'),
  SIGNING_KEYS_STALE_MS: milliseconds(86_400_000, 'Age up to which they serve when they cannot be renewed.'),
  SHUTDOWN_WRITES_MS: milliseconds(3_000, 'What running calls are given when the instance shuts down.', 0),
  SHUTDOWN_ANSWERS_MS: milliseconds(250, 'What their answers are given after that, to leave the process.', 0),
  APPLICATIONINSIGHTS_CONNECTION_STRING: {
    rule: Joi.string().pattern(connectionString),
    example:
      'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/',
    says: 'Where telemetry goes, with https. Without it there is none.',
  },
  TELEMETRY_AUTHENTICATION: {
    rule: Joi.string().valid('connection-string', 'managed-identity').default('connection-string'),
    example: 'connection-string',
    says: 'How telemetry is let in: by the connection string alone, or by the managed identity too (where local authentication is off).',
  },
  TELEMETRY_SAMPLING_PERCENT: {
    rule: Joi.number().integer().min(0).max(100).default(100),
    example: '100',
    says: 'Share of traces whose calls to Graph are kept; audit events, exceptions and metrics always are.',
  },
  TELEMETRY_INTERVAL_MS: milliseconds(5_000, 'Between two sendings of telemetry.'),
  TELEMETRY_FLUSH_MS: milliseconds(1_000, 'For the last sending of telemetry when the instance shuts down.', 0),
  TELEMETRY_DROPS_REPORT_MS: milliseconds(60_000, 'Least time between two lines that say how much telemetry was lost.'),
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
  readonly entra: EntraConfig;
  /** An origin, without a slash at its end. */
  readonly publicBaseUrl: string;
  readonly validation: 'documented' | 'strict';
  readonly verifyTolerance: number;
  readonly auditFrom: 'read' | 'none';
  readonly limits: Limits;
  readonly telemetry: TelemetryConfig;
}

export interface TelemetryConfig {
  /** Undefined for no telemetry. */
  readonly connectionString: string | undefined;
  /** Undefined when the connection string has to do. */
  readonly identityClientId: string | undefined;
  readonly samplingPercent: number;
  readonly intervalMs: number;
  readonly flushMs: number;
  readonly dropsReportMs: number;
  /** Environment of the telemetry thread. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Whose tokens are accepted, and how the keys that prove them are held. Ids are in lower case. */
export interface EntraConfig {
  /** An origin. */
  readonly root: string;
  readonly tenantId: string;
  readonly audience: string;
  /** Empty: every application that was granted a role. */
  readonly allowedClientIds: readonly string[];
  readonly signingKeys: {
    readonly timeoutMs: number;
    readonly cooldownMs: number;
    readonly refreshMs: number;
    readonly staleMs: number;
  };
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
  readonly readyMs: number;
  readonly readyCacheMs: number;
  readonly tokenMs: number;
  readonly tokenRefreshAheadMs: number;
  readonly shutdownWritesMs: number;
  readonly shutdownAnswersMs: number;
}

interface Values extends Record<Exclude<Name, StringName>, number> {
  readonly GRAPH_CLOUD: keyof typeof clouds;
  readonly GRAPH_ROOT?: string;
  readonly GRAPH_VERSION: string;
  readonly GRAPH_CREDENTIAL: 'managed-identity' | 'azure-cli';
  readonly MANAGED_IDENTITY_CLIENT_ID: string;
  readonly ENTRA_TENANT_ID: string;
  readonly ENTRA_API_CLIENT_ID: string;
  readonly ENTRA_ALLOWED_CLIENT_IDS?: string;
  readonly ENTRA_ROOT?: string;
  readonly PUBLIC_BASE_URL?: string;
  readonly VALIDATION: 'documented' | 'strict';
  readonly AUDIT_FROM: 'read' | 'none';
  readonly APPLICATIONINSIGHTS_CONNECTION_STRING?: string;
  readonly TELEMETRY_AUTHENTICATION: 'connection-string' | 'managed-identity';
}
type StringName =
  | 'GRAPH_CLOUD'
  | 'GRAPH_ROOT'
  | 'GRAPH_VERSION'
  | 'GRAPH_CREDENTIAL'
  | 'MANAGED_IDENTITY_CLIENT_ID'
  | 'ENTRA_TENANT_ID'
  | 'ENTRA_API_CLIENT_ID'
  | 'ENTRA_ALLOWED_CLIENT_IDS'
  | 'ENTRA_ROOT'
  | 'PUBLIC_BASE_URL'
  | 'VALIDATION'
  | 'AUDIT_FROM'
  | 'APPLICATIONINSIGHTS_CONNECTION_STRING'
  | 'TELEMETRY_AUTHENTICATION';

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
  for (const name of ['GRAPH_ROOT', 'ENTRA_ROOT', 'PUBLIC_BASE_URL'] as const) {
    const known = error?.details.some(({ path }) => path[0] === name) ?? false;
    if (!known && !isSafeRoot(given[name], development)) mistakes.push(mistake(name, 'unsafe'));
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  const cloud = clouds[value.GRAPH_CLOUD];

  return Object.freeze({
    graph: {
      root: new URL(value.GRAPH_ROOT ?? cloud.graph).origin,
      version: value.GRAPH_VERSION,
      scope: `${cloud.graph}/.default`,
      credential: value.GRAPH_CREDENTIAL,
      identityClientId: value.MANAGED_IDENTITY_CLIENT_ID,
    },
    entra: {
      root: new URL(value.ENTRA_ROOT ?? cloud.login).origin,
      tenantId: value.ENTRA_TENANT_ID,
      audience: value.ENTRA_API_CLIENT_ID,
      allowedClientIds: value.ENTRA_ALLOWED_CLIENT_IDS?.split(',').map((id) => id.trim()) ?? [],
      signingKeys: {
        timeoutMs: value.SIGNING_KEYS_TIMEOUT_MS,
        cooldownMs: value.SIGNING_KEYS_COOLDOWN_MS,
        refreshMs: value.SIGNING_KEYS_REFRESH_MS,
        staleMs: value.SIGNING_KEYS_STALE_MS,
      },
    },
    publicBaseUrl: value.PUBLIC_BASE_URL ? new URL(value.PUBLIC_BASE_URL).origin : platformUrl(environment),
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
      readyMs: value.READY_TIMEOUT_MS,
      readyCacheMs: value.READY_CACHE_MS,
      tokenMs: value.TOKEN_TIMEOUT_MS,
      tokenRefreshAheadMs: value.TOKEN_REFRESH_AHEAD_MS,
      shutdownWritesMs: value.SHUTDOWN_WRITES_MS,
      shutdownAnswersMs: value.SHUTDOWN_ANSWERS_MS,
    },
    telemetry: {
      connectionString: value.APPLICATIONINSIGHTS_CONNECTION_STRING,
      identityClientId:
        value.TELEMETRY_AUTHENTICATION === 'managed-identity' ? value.MANAGED_IDENTITY_CLIENT_ID : undefined,
      samplingPercent: value.TELEMETRY_SAMPLING_PERCENT,
      intervalMs: value.TELEMETRY_INTERVAL_MS,
      flushMs: value.TELEMETRY_FLUSH_MS,
      dropsReportMs: value.TELEMETRY_DROPS_REPORT_MS,
      environment: threadEnvironment(environment),
    },
  });
}

/** Where the platform says that the app is. The Core Tools and their like name a loopback address, and serve it in plain text. */
function platformUrl({ WEBSITE_HOSTNAME: host = '127.0.0.1' }: Readonly<Record<string, string | undefined>>): string {
  return `${loopbackHosts.includes(host.replace(/:\d+$/, '')) ? 'http' : 'https'}://${host}`;
}

/** Tokens travel to this host, or are believed on its word: nothing but its origin may be given, and plain http only to this machine in Development. */
function isSafeRoot(root: string | undefined, development: boolean): boolean {
  if (root === undefined) return true;
  if (!URL.canParse(root)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(root);
  if (pathname !== '/' || search + hash + username + password !== '') return false;
  return protocol === 'https:' || (development && loopbackHosts.includes(hostname));
}

function mistake(name: Name, type: string): string {
  const { example, says } = settings[name];
  const reason = type === 'any.required' ? 'is missing' : 'has a value that cannot be used';
  return `${name} ${reason}. ${says} Example: ${name}=${example}`;
}
