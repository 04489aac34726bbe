import { createAuthorize, type Authorize } from './auth/authorize.js';
import type { Config } from './config.js';
import { createGraph } from './graph/client.js';
import { createAskForToken } from './graph/credential.js';
import { createReadiness, type Check } from './graph/readiness.js';
import { createTokenSource } from './graph/token.js';
import { composeJobs } from './jobs/compose.js';
import type { JobParts } from './jobs/parts.js';
import { lookAtStorage } from './jobs/ready.js';
import { kept } from './kept.js';
import { createLifecycle } from './lifecycle.js';
import { pointer } from './pointer.js';
import { parserOf, type Parse } from './resource/parse.js';
import type { Resource } from './resource/resource.js';
import { quietly } from './telemetry/exception.js';
import { createTelemetry, noTelemetry, type Telemetry } from './telemetry/telemetry.js';
import type { UpdateParts } from './updates/parts.js';

/** Everything that is made from the settings, once for an instance. */
export interface Parts extends UpdateParts {
  readonly config: Config;
  readonly telemetry: Telemetry;
  /** Who calls, if that caller may do this; or it throws. */
  readonly authorize: Authorize;
  /** Whether updates can succeed at present; looks at most once in `READY_CACHE_MS`. */
  readonly readiness: () => Promise<readonly Check[]>;
  /** Whether jobs could be stored, as seldom; undefined where no storage is configured. */
  readonly storageCheck: (() => Promise<Check>) | undefined;
  /** Holds a body against the resource's table. */
  readonly parse: Parse;
  readonly jobs: JobParts;
  /** Ends the instance in order: what runs gets its time, then connections and telemetry are closed. */
  readonly close: () => Promise<void>;
}

/** @param log lines for the operator, of which the platform takes the level from their words */
export function compose(
  config: Config,
  resource: Resource,
  log: (line: string) => void,
  telemetry: Telemetry = openTelemetry(config, log),
): Parts {
  const lifecycle = createLifecycle();
  const tokenTarget = new URL(config.graph.scope).host;
  const tokens = createTokenSource({
    askForToken: createAskForToken(config.graph),
    timeoutMs: config.limits.tokenMs,
    refreshAheadMs: config.limits.tokenRefreshAheadMs,
    observe: (asked, traceparent) => {
      telemetry.tokenCall({ traceparent }, { ...asked, target: tokenTarget });
    },
  });
  const graph = createGraph({
    ...{ config, resource, tokens, lifecycle },
    onAttempt: (attempt, call) => {
      quietly(() => {
        telemetry.attempt(call, attempt);
      });
    },
    onDrift: (property) => {
      quietly(() => {
        telemetry.drift(property);
      });
    },
  });
  const parts = { config, resource, lifecycle, telemetry, graph };
  const { readyMs, readyCacheMs } = config.limits;
  const jobs = composeJobs(config.jobs, parts, log);
  return {
    ...parts,
    jobs,
    authorize: createAuthorize(config.entra),
    readiness: kept(readyCacheMs, createReadiness(config, resource, graph, tokens, lifecycle.closing)),
    storageCheck: config.jobs.storage && kept(readyCacheMs, () => lookAtStorage(jobs.storage, readyMs)),
    parse: parserOf(resource, config.validation, pointer),
    close: async () => {
      const { shutdownWritesMs, shutdownAnswersMs } = config.limits;
      const begunMs = performance.now();
      await lifecycle.end(shutdownWritesMs, shutdownAnswersMs);
      await graph.close();
      // What calls left of their time is telemetry's: soon after the start its thread has still to load, which can take longer than a flush.
      const leftMs = Math.max(0, shutdownWritesMs + shutdownAnswersMs - (performance.now() - begunMs));
      await telemetry.close(config.telemetry.flushMs + leftMs);
    },
  };
}

function openTelemetry(config: Config, log: (line: string) => void): Telemetry {
  const { connectionString, ...options } = config.telemetry;
  if (connectionString === undefined) {
    log('Warning: there is no telemetry. APPLICATIONINSIGHTS_CONNECTION_STRING is not set.');
    return noTelemetry;
  }
  return createTelemetry({ ...options, connectionString, reportDrops: log });
}
