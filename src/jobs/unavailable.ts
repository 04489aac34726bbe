import { Problem } from '../problem.js';
import { StorageFailed } from './storage.js';

/** What a caller is told to wait while the storage is away. */
const retryAfterSeconds = 10;

/**
 * Turns a failure of the storage into the problem that a caller is told.
 * @param work calls `begun` before the first thing that counts: what fails after it may have happened
 * @throws Problem storage-unavailable (F71)
 */
export async function orUnavailable<T>(work: (begun: () => void) => Promise<T>): Promise<T> {
  let outcome: Problem['outcome'] = 'not-applied';
  try {
    return await work(() => {
      outcome = 'unknown';
    });
  } catch (error) {
    if (!(error instanceof StorageFailed)) throw error;
    throw new Problem('storage-unavailable', outcome, { retryAfterSeconds, cause: error });
  }
}
