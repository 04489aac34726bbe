import type { Resource } from '../../src/resource/resource.js';
import type { Model } from './models.js';
import type { QuotaLimits } from './quota.js';

/** What an emulator can be told before it starts. */
export interface EmulatorOptions {
  /** The collection that Graph has, and its objects at first; the models of the seed by default. */
  readonly resource?: Resource;
  readonly objects?: readonly Model[];
  /** 0, the default, for any free port. */
  readonly graphPort?: number;
  readonly identityPort?: number;
  readonly ingestionPort?: number;
  /** Milliseconds since 1970; the machine's clock by default. */
  readonly now?: () => number;
  /** Life of the managed identity's tokens; 24 hours by default, as in Azure. */
  readonly tokenLifetimeSeconds?: number;
  /** Application roles on Graph of the managed identity; the least that a write on beta needs by default. */
  readonly roles?: readonly string[];
  /** Intune's quota of writes; counted and not enforced by default. */
  readonly quota?: QuotaLimits;
  /** How many requests are remembered, 10 000 by default. */
  readonly recordLimit?: number;
  /** How many envelopes of telemetry are remembered, 20 000 by default. */
  readonly envelopeLimit?: number;
  /** Whether ingestion takes nothing without a token of the managed identity; false by default. */
  readonly ingestionNeedsToken?: boolean;
}
