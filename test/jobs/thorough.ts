/** What `npm run verify:jobs` wants: everything, where `npm test` takes samples. */
interface Wanted {
  /** Worlds of the model-based test. */
  readonly jobWorlds?: number;
  /** Every step and every request is struck. */
  readonly jobSteps?: 'all';
}

export const { jobWorlds = 100, jobSteps } = globalThis as Wanted;
