import type { Model } from './models.js';
import { idKey } from '../../src/resource/id.js';
import type { ModelPerformance } from '../../src/resource/modelPerformance.js';
import type { Resource } from '../../src/resource/resource.js';
import type { Twist } from './act.js';

/** The objects that the emulator's Graph holds, in a fixed order, by their ids without regard to ASCII case. Everything goes in and out as a copy. */
export interface Store {
  /** What is stored. */
  readonly get: (id: string) => Model | undefined;
  readonly list: () => Model[];
  /** What reads show: while a write lags, the object as it was before. */
  readonly seen: (id: string) => Model | undefined;
  readonly seenList: () => Model[];
  readonly put: (model: Model) => void;
  /** Applies what was wanted, as far as the twist says, and gives the object that the answer shows. */
  readonly change: (
    old: Model,
    wanted: Partial<ModelPerformance>,
    twist: Pick<Twist, 'stores' | 'showsAfterMs'>,
  ) => Model;
  /** Ends the lag of an object, or every one: reads show what is stored. */
  readonly catchUp: (id?: string) => void;
  readonly reset: () => void;
}

/** @param seed the objects at the start and after a reset */
export function openStore(now: () => number, { fields }: Resource, seed: () => readonly Model[]): Store {
  let models = new Map<string, Model>();
  const lags = new Map<string, { readonly model: Model; readonly untilMs: number }>();
  const put = (model: Model) => models.set(idKey(model.id), { ...model });
  const reset = () => {
    models = new Map(seed().map((model) => [idKey(model.id), model]));
    lags.clear();
  };
  const seen = (key: string) => {
    const lag = lags.get(key);
    const model = lag !== undefined && now() < lag.untilMs ? lag.model : models.get(key);
    return model && { ...model };
  };
  reset();
  return {
    get: (id) => {
      const model = models.get(idKey(id));
      return model && { ...model };
    },
    list: () => [...models.values()].map((model) => ({ ...model })),
    seen: (id) => seen(idKey(id)),
    seenList: () => [...models.keys()].flatMap((key) => seen(key) ?? []),
    put,
    change: (old, wanted, { stores = 'all', showsAfterMs }) => {
      const changed = { ...old, ...kept(fields, wanted, stores) };
      const key = idKey(old.id);
      if (showsAfterMs !== undefined) lags.set(key, { model: seen(key) ?? old, untilMs: now() + showsAfterMs });
      put(changed);
      return stores === 'unseen' ? old : changed;
    },
    catchUp: (id) => {
      if (id === undefined) lags.clear();
      else lags.delete(idKey(id));
    },
    reset,
  };
}

function kept(
  fields: Resource['fields'],
  wanted: Partial<ModelPerformance>,
  stores: NonNullable<Twist['stores']>,
): Partial<ModelPerformance> {
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
      return changedNumbers(fields, entries, 'Edm.Double', (value) => Number(value.toPrecision(10)));
    case 'single precision':
      return changedNumbers(fields, entries, 'Edm.Double', Math.fround);
    case 'off by one':
      return changedNumbers(fields, entries, 'Edm.Int32', (value) => value - 1);
  }
}

function changedNumbers(
  fields: Resource['fields'],
  entries: [string, unknown][],
  type: 'Edm.Double' | 'Edm.Int32',
  change: (value: number) => number,
): Partial<ModelPerformance> {
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'number' && fields[name]?.edmType === type ? change(value) : value,
    ]),
  );
}
