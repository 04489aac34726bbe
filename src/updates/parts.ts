import type { Config } from '../config.js';
import type { Graph } from '../graph/client.js';
import type { Lifecycle } from '../lifecycle.js';
import type { Resource } from '../resource/resource.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** What updates stand on. */
export interface UpdateParts {
  readonly config: Pick<Config, 'auditFrom' | 'verifyBy' | 'verifyTolerance' | 'limits'>;
  readonly resource: Resource;
  readonly graph: Graph;
  readonly lifecycle: Lifecycle;
  readonly telemetry: Pick<Telemetry, 'audit'>;
}
