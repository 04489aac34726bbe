import { readFileSync } from 'node:fs';

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly properties: Record<string, unknown>;
  readonly tags?: Record<string, string>;
}
export interface Snapshot {
  readonly predictedResources: readonly Resource[];
  readonly outputs: Record<string, unknown>;
}

/** What is deployed, as the compiler computed it: see `npm run infra:renew`. */
export const kinds = ['dev', 'prod', 'private'] as const;
export const snapshots = Object.fromEntries(
  kinds.map((kind) => [kind, JSON.parse(readFileSync(`infra/main.${kind}.snapshot.json`, 'utf8')) as Snapshot]),
) as Record<(typeof kinds)[number], Snapshot>;

export const of = (kind: (typeof kinds)[number], type: string) =>
  snapshots[kind].predictedResources.filter((resource) => resource.type === `Microsoft.${type}`);
export const one = (kind: (typeof kinds)[number], type: string) => {
  const [found, ...more] = of(kind, type);
  if (found === undefined || more.length > 0) throw new Error(`${kind} has not one ${type}.`);
  return found;
};
