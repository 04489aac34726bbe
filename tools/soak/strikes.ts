import { faults } from '../../local/emulator/faults.js';

/** What Graph refuses with certainty it has not stored (FAULTS: outcome not-applied): no such row is armed as stored. */
const certain = /^F(01|02|03|04|05|09|10|11|12|13|14|15)|^F18-(same|302|other)|^F20-(once|twice)/;

/** One row of the table of faults that a single model can be struck with. */
export interface Strike {
  readonly id: string;
  /** Whether Graph may have stored the write before it answers so. */
  readonly mayBeStored: boolean;
}

/** Single precision and a count that is off by one can store what nobody sent. */
const storesOther = ['F16-single', 'F16-count'];

/** All of them but rows for the whole emulator, for collections and for batches, and those that can store what nobody sent. */
export const strikes: readonly Strike[] = [...faults.values()]
  .filter(({ on, act }) => on === 'graph' && !['refuse', 'note', 'leave out'].includes(act.do))
  .filter(({ id, method }) => !id.startsWith('filter') && method !== 'POST' && !storesOther.includes(id))
  .map(({ id }) => ({ id, mayBeStored: !certain.test(id) }));
