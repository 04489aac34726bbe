import { setTimeout as pause } from 'node:timers/promises';

interface Patience {
  readonly everyMs?: number;
  /** Less than the test's own limit, so that this says what is missing. */
  readonly limitMs?: number;
}

/**
 * Looks until this holds.
 * @param what is to come, for the error's sentence
 * @throws Error when it has not come in time
 */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patience?: Patience): Promise<void> {
  await found(what, async () => ((await holds()) ? true : undefined), patience);
}

/** Looks until there is something to be found, and gives it; otherwise like {@link until}. */
export async function found<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  { everyMs = 10, limitMs = 20_000 }: Patience = {},
): Promise<T> {
  for (const endMs = Date.now() + limitMs; Date.now() < endMs;) {
    const value = await look();
    if (value !== undefined) return value;
    await pause(everyMs);
  }
  throw new Error(`This has not come within ${limitMs / 1000} s: ${what}.`);
}
