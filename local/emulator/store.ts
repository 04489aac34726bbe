import { seed, type Model } from './models.js';
import type { ModelPerformance } from '../../src/resource/modelPerformance.js';
import type { Twist } from './act.js';

/** The objects that the emulator's Graph holds, in a fixed order. Everything goes in and out as a copy. */
export interface Store {
  readonly get: (id: string) => Model | undefined;
  readonly list: () => Model[];
  readonly put: (model: Model) => void;
  /** Applies what was wanted, as far as `stores` says, and gives the object that the answer shows. */
  readonly change: (old: Model, wanted: Partial<ModelPerformance>, stores: Twist['stores']) => Model;
  readonly reset: () => void;
}

export function openStore(): Store {
  let models = new Map<string, Model>();
  const put = (model: Model) => models.set(model.id, { ...model });
  const reset = () => {
    models = new Map(seed().map((model) => [model.id, model]));
  };
  reset();
  return {
    get: (id) => {
      const model = models.get(id);
      return model && { ...model };
    },
    list: () => [...models.values()].map((model) => ({ ...model })),
    put,
    change: (old, wanted, stores = 'all') => {
      const changed = { ...old, ...kept(wanted, stores) };
      put(changed);
      return stores === 'unseen' ? old : changed;
    },
    reset,
  };
}

function kept(wanted: Partial<ModelPerformance>, stores: NonNullable<Twist['stores']>): Partial<ModelPerformance> {
  const entries = Object.entries(wanted);
  switch (stores) {
    case 'all':
    case 'unseen':
      return wanted;
    case 'nothing':
      return {};
    case 'half':
      return Object.fromEntries(entries.slice(0, entries.length / 2));
    case 'rounded':
      return Object.fromEntries(
        entries.map(([name, value]) => [name, typeof value === 'number' ? Number(value.toPrecision(10)) : value]),
      );
  }
}
