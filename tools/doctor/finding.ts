/** One thing that was looked at, and what mends it. */
export interface Finding {
  /** `unsure`: it could not be looked at from here, which says nothing of the app. */
  readonly found: 'ok' | 'missing' | 'unsure';
  readonly message: string;
}

export const fine = (message: string): Finding => ({ found: 'ok', message });
export const missing = (message: string): Finding => ({ found: 'missing', message });
export const unsure = (message: string): Finding => ({ found: 'unsure', message });
