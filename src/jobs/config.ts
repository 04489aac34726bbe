import type { SettingValues } from '../settings.js';

/** How jobs run. */
export interface JobsConfig {
  /** Undefined where the platform has none: jobs are then unavailable, and single updates work. */
  readonly storage: StorageSettings | undefined;
  readonly storageRetryMs: number;
  readonly storageTimeoutMs: number;
  /** How many rows go in one window of Graph's quota, for all instances and all jobs together. */
  readonly rate: { readonly rows: number; readonly windowMs: number };
  readonly limits: JobLimits;
}

/** Where the storage is, in both of the platform's forms. */
export type StorageSettings =
  | { readonly connectionString: string }
  | {
      readonly blobServiceUri: string;
      readonly queueServiceUri: string;
      readonly identityClientId: string | undefined;
    };

/** Every time limit, in milliseconds, and every other bound of the engine. */
export interface JobLimits {
  readonly chunksAtOnce: number;
  readonly maxAttempts: number;
  /** Age from which a job does not exist any more. */
  readonly retentionMs: number;
  readonly leaseMs: number;
  readonly renewMs: number;
  /** Whoever has not renewed for so long sends and writes nothing more. */
  readonly quietMs: number;
  /** When the next delivery comes if this one leaves no word. */
  readonly heirMs: number;
  /** When it is looked again whether the holder of a lease still lives. */
  readonly lookMs: number;
  readonly turnMs: number;
  /** From when, and after how many turns without a result, a job is given up. */
  readonly barrenMs: number;
  readonly barrenTurns: number;
  /** After the poison queue, the next try; and how many there are. */
  readonly poisonMs: number;
  readonly poisonTries: number;
  /** Progress that has stood still for so long is helped on by whoever asks for it. */
  readonly nudgeMs: number;
  /** What chunks under way are given when the instance shuts down. */
  readonly shutdownMs: number;
  /** A slot that is late by more is not used. */
  readonly lateMs: number;
  /** Values older than this are read again before they go on record. */
  readonly valuesMs: number;
  /** What everybody waits when Graph names no wait; doubled for each next answer that was lost, up to the most. */
  readonly blockMs: number;
  readonly mostBlockMs: number;
  /** From a turn's begin: until then, throttling and lost answers use up no attempt. */
  readonly freeMs: number;
  /** Waits before looks at rows whose outcome is open. */
  readonly lookAgainMs: readonly number[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A day has so many milliseconds. */
const dayMs = 86_400_000;

/** How often a job is tried without a result, and after the poison queue, before it is given up. */
const tries = { barrenTurns: 10, poisonTries: 6 };

export function jobsConfigOf(value: SettingValues, environment: Environment): JobsConfig {
  return {
    storage: storageOf(environment),
    storageRetryMs: value.STORAGE_RETRY_MS,
    storageTimeoutMs: value.STORAGE_TIMEOUT_MS,
    rate: { rows: value.BULK_WRITES_PER_20_S, windowMs: value.PACE_WINDOW_MS },
    limits: {
      chunksAtOnce: value.BULK_CHUNKS_AT_ONCE,
      maxAttempts: value.MAX_ATTEMPTS,
      retentionMs: value.JOB_RETENTION_DAYS * dayMs,
      leaseMs: value.JOB_LEASE_MS,
      renewMs: value.JOB_RENEW_MS,
      quietMs: value.JOB_QUIET_MS,
      heirMs: value.JOB_HEIR_MS,
      lookMs: value.JOB_LOOK_MS,
      turnMs: value.JOB_TURN_MS,
      barrenMs: value.JOB_BARREN_MS,
      poisonMs: value.JOB_POISON_MS,
      nudgeMs: value.JOB_NUDGE_MS,
      shutdownMs: value.JOB_SHUTDOWN_MS,
      lateMs: value.PACE_LATE_MS,
      valuesMs: value.JOB_VALUES_MS,
      blockMs: value.PACE_BLOCK_MS,
      mostBlockMs: value.PACE_MOST_BLOCK_MS,
      freeMs: value.JOB_FREE_MS,
      lookAgainMs: value.READ_BACK_DELAYS_MS,
      ...tries,
    },
  };
}

/**
 * The platform's own settings: a connection string, as the Core Tools and Azurite have it, or addresses and a managed identity, as in
 * Azure. Source: "Connecting to host storage with an identity" of the Functions documentation.
 */
function storageOf(environment: Environment): StorageSettings | undefined {
  const { AzureWebJobsStorage: connectionString } = environment;
  if (connectionString) return { connectionString };
  const blobServiceUri = environment.AzureWebJobsStorage__blobServiceUri;
  const queueServiceUri = environment.AzureWebJobsStorage__queueServiceUri;
  if (!blobServiceUri || !queueServiceUri) return undefined;
  return { blobServiceUri, queueServiceUri, identityClientId: environment.AzureWebJobsStorage__clientId };
}
