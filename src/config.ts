import Joi from 'joi';
import { jobsConfigOf, type JobsConfig } from './jobs/config.js';
import { misspelt } from './misspelt.js';
import { clouds, settings, type SettingName, type SettingValues } from './settings.js';
import { threadEnvironment } from './telemetry/environment.js';

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
  readonly verifyBy: 'answer' | 'read';
  readonly verifyTolerance: number;
  readonly auditFrom: 'read' | 'none';
  /** Most pages of Graph that one call reads. */
  readonly listPages: number;
  readonly limits: Limits;
  readonly jobs: JobsConfig;
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
  readonly readBackDelaysMs: readonly number[];
  readonly readBackLeastMs: number;
  readonly readyMs: number;
  readonly readyCacheMs: number;
  readonly tokenMs: number;
  readonly tokenRefreshAheadMs: number;
  readonly streamMs: number;
  readonly shutdownWritesMs: number;
  readonly shutdownAnswersMs: number;
}

/** Says all that is wrong with the settings, one line each: name, reason, example, and never a value (F37). */
export class SettingsError extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(`The settings are not usable:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

const schema = Joi.object<SettingValues>(
  Object.fromEntries(Object.entries(settings).map(([name, { rule }]) => [name, rule])),
).unknown(true);

/**
 * A job's lease has to outlive whoever may still send under it, and to be renewed before that (F71). Whoever looks whether its holder
 * has died has to come after it has run out: a look that finds it taken ends at the second time (F75).
 */
const ascending = [
  ['JOB_RENEW_MS', 'JOB_QUIET_MS'],
  ['JOB_QUIET_MS', 'JOB_LEASE_MS'],
  ['JOB_LEASE_MS', 'JOB_HEIR_MS'],
  ['JOB_LEASE_MS', 'JOB_LOOK_MS'],
] as const;

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
  const value = result.value as SettingValues;
  const mistakes = (error?.details ?? []).map(({ path, type }) => mistake(path.join('.') as SettingName, type));
  const development = environment.AZURE_FUNCTIONS_ENVIRONMENT === 'Development';
  const isKnown = (name: SettingName) => error?.details.some(({ path }) => path[0] === name) ?? false;
  for (const name of ['GRAPH_ROOT', 'ENTRA_ROOT', 'PUBLIC_BASE_URL'] as const) {
    if (!isKnown(name) && !isSafeRoot(given[name], development)) mistakes.push(mistake(name, 'unsafe'));
  }
  for (const [name, greater] of ascending) {
    if (!isKnown(name) && !isKnown(greater) && value[name] >= value[greater])
      mistakes.push(`${name} must be less than ${greater}. ${settings[name].description}`);
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
    verifyBy: value.VERIFY_BY,
    verifyTolerance: value.VERIFY_TOLERANCE,
    auditFrom: value.AUDIT_FROM,
    listPages: value.LIST_PAGES,
    limits: {
      deadlineMs: value.DEADLINE_MS,
      connectMs: value.CONNECT_TIMEOUT_MS,
      attemptMs: value.ATTEMPT_TIMEOUT_MS,
      auditReadMs: value.AUDIT_READ_TIMEOUT_MS,
      leastAttemptMs: value.LEAST_ATTEMPT_MS,
      maxAttempts: value.MAX_ATTEMPTS,
      backoffBaseMs: value.BACKOFF_BASE_MS,
      backoffCapMs: value.BACKOFF_CAP_MS,
      readBackDelaysMs: value.READ_BACK_DELAYS_MS,
      readBackLeastMs: value.READ_BACK_LEAST_MS,
      readyMs: value.READY_TIMEOUT_MS,
      readyCacheMs: value.READY_CACHE_MS,
      tokenMs: value.TOKEN_TIMEOUT_MS,
      tokenRefreshAheadMs: value.TOKEN_REFRESH_AHEAD_MS,
      streamMs: value.STREAM_TIMEOUT_MS,
      shutdownWritesMs: value.SHUTDOWN_WRITES_MS,
      shutdownAnswersMs: value.SHUTDOWN_ANSWERS_MS,
    },
    jobs: jobsConfigOf(value, environment),
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

function mistake(name: SettingName, type: string): string {
  const { example, description } = settings[name];
  const reason = type === 'any.required' ? 'is missing' : 'has a value that cannot be used';
  return `${name} ${reason}. ${description} Example: ${name}=${example}`;
}

/** One line for each name in the environment that looks like a setting and is none. */
export function misspeltSettings(environment: Readonly<Record<string, unknown>> = process.env): string[] {
  return misspelt(Object.keys(environment), Object.keys(settings));
}
