import { availableParallelism, cpus } from 'node:os';
import type { Part, Row } from './results.js';
import { ratio, shuffled, spreadOf } from './statistics.js';

/** What one round found of each subject: quantities by name. */
export type Found<Subject extends string> = Partial<Record<Subject, Record<string, number>>>;

/** Some work that takes the same on a machine that has nothing else to do. */
function spin(): number {
  const startMs = performance.now();
  let sum = 0;
  for (let count = 0; count < 2e7; count += 1) sum += Math.sqrt(count);
  return sum > 0 ? performance.now() - startMs : NaN;
}

/** Where it is measured. @param noise what the same work took, before each round; once more if nobody looked */
export function machine(noise: readonly number[]): Omit<Part, 'rounds' | 'rows'> {
  return {
    node: process.version,
    processors: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
    noiseMs: spreadOf(noise.length > 0 ? noise : [spin()]),
  };
}

/**
 * Measures all subjects in each round, in an order of its own, and compares within the round.
 * @param floors whose values the others' are divided by
 */
export async function measureRounds<Subject extends string>(
  subjects: Readonly<Record<Subject, string>>,
  rounds: number,
  floors: readonly NoInfer<Subject>[],
  measure: (subject: Subject) => Promise<Record<string, number>>,
): Promise<Part> {
  const names = Object.keys(subjects) as Subject[];
  const found: Found<Subject>[] = [];
  const noise: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    noise.push(spin());
    const one: Found<Subject> = {};
    for (const subject of shuffled(names)) one[subject] = await measure(subject);
    found.push(one);
    process.stderr.write(`round ${round + 1} of ${rounds}\n`);
  }
  return {
    ...machine(noise),
    rounds,
    rows: names.map((subject) => rowOf(subject, subjects, floors, found)),
  };
}

function rowOf<Subject extends string>(
  subject: Subject,
  subjects: Readonly<Record<Subject, string>>,
  floors: readonly NoInfer<Subject>[],
  found: readonly Found<Subject>[],
): Row {
  const values = (of: Subject, quantity: string) => found.map((round) => round[of]?.[quantity] ?? NaN);
  const quantities = Object.keys(found[0]?.[subject] ?? {});
  const cells = quantities.map((quantity) => {
    const own = values(subject, quantity);
    const ratios = floors.map((floor) => [floor, ratio(own, values(floor, quantity))]);
    return [quantity, { value: spreadOf(own), ratios: Object.fromEntries(ratios) as Row['cells'][string]['ratios'] }];
  });
  return { subject: subjects[subject], cells: Object.fromEntries(cells) as Row['cells'] };
}
