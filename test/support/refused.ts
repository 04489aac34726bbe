import { Problem, type Mistake } from '../../src/problem.js';

/** What is seen of a refusal. */
export interface Refusal {
  readonly code: string;
  readonly outcome: string;
  readonly errors: readonly Mistake[];
  /** What is said besides the problem's own sentence. */
  readonly reason: string | undefined;
  /** The header that tells which types are taken. */
  readonly accept: Problem['more']['accept'];
}

/** The Problem that the work ends with. @throws whatever else it throws, or an Error when it throws nothing */
export async function refused(work: () => unknown): Promise<Refusal> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { errors = [], reason, accept } = error.more;
    return { code: error.code, outcome: error.outcome, errors, reason, accept };
  }
  throw new Error('It was not refused.');
}
