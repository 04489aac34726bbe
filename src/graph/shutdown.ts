/** The end of this instance, for everything that waits or is under way (F38). */
export interface Shutdown {
  /** Ends waits at once: an attempt that has not begun never begins. */
  readonly waitsEnd: AbortSignal;
  /** Cuts attempts that are under way, after what they were given. */
  readonly attemptsEnd: AbortSignal;
  readonly begin: () => void;
  readonly cut: () => void;
}

export function createShutdown(): Shutdown {
  const [waits, attempts] = [new AbortController(), new AbortController()];
  return {
    waitsEnd: waits.signal,
    attemptsEnd: attempts.signal,
    begin: () => {
      waits.abort();
    },
    cut: () => {
      attempts.abort();
    },
  };
}
