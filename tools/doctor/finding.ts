/** One thing that was looked at, and what mends it. */
export interface Finding {
  /** `unsure`: it could not be looked at from here, which says nothing of the app. */
  readonly found: 'ok' | 'missing' | 'unsure';
  readonly says: string;
}

export const fine = (says: string): Finding => ({ found: 'ok', says });
export const missing = (says: string): Finding => ({ found: 'missing', says });
export const unsure = (says: string): Finding => ({ found: 'unsure', says });
