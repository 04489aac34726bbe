/** What a caller gets when the managed identity's endpoint fails; one row for each way in which the emulator can play it. */
export interface IdentityRow {
  /** Id in the emulator's table of faults. */
  readonly id: string;
  /** Calls of 50 callers at once that reach the endpoint, where that is promised. */
  readonly calls?: number;
}

/** Section C of `docs/FAULTS.md`: no token and no cached one. All are 503 `identity-unavailable`, not applied. */
export const identityRows: readonly IdentityRow[] = [
  { id: 'F30-500' },
  { id: 'F30-503' },
  { id: 'F30-html' },
  { id: 'F30-no-expiry' },
  { id: 'F30-empty' },
  { id: 'F30-refused', calls: 0 },
  { id: 'F31', calls: 1 },
  { id: 'F33' },
];
