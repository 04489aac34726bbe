import type { Code } from '../problem.js';

/** One request to Graph, after it ended: what audit, outcome and telemetry are made from. */
export interface Attempt {
  /** What it was for, such as `PATCH model-performance`: never an id, a path or a query. */
  readonly name: string;
  readonly method: string;
  /** It may have changed something. */
  readonly writes: boolean;
  /** Host that was asked. */
  readonly target: string;
  /** Number within its request, from 1; one that repeats with another token has the number of the one before. */
  readonly attempt: number;
  /** Begin, in milliseconds since 1970. */
  readonly startMs: number;
  readonly waitMs: number;
  readonly durationMs: number;
  /** Left out when no answer came. */
  readonly status?: number;
  /** What went wrong, where something did. */
  readonly failure?: Code;
  readonly graphRequestId?: string;
  readonly graphCode?: string;
}
