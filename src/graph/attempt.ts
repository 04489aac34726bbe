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

/** How many requests a call has sent: what counts against `MAX_ATTEMPTS`, by what it was for, and repetitions with another token, which do not. */
export function countAttempts(attempts: readonly Attempt[]): { writes: number; reads: number; uncounted: number } {
  const isRepeated = ({ name, attempt }: Attempt, before: Attempt | undefined) =>
    before?.failure === 'graph-rejected-credentials' && before.name === name && before.attempt === attempt;
  const counted = attempts.filter((one, index) => !isRepeated(one, attempts[index - 1]));
  const writes = counted.filter((one) => one.writes).length;
  return { writes, reads: counted.length - writes, uncounted: attempts.length - counted.length };
}
