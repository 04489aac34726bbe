/** One thing that was looked at, and what mends it. */
export interface Finding {
  readonly ok: boolean;
  readonly says: string;
}

export const fine = (says: string): Finding => ({ ok: true, says });
export const missing = (says: string): Finding => ({ ok: false, says });
