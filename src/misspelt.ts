/**
 * Names in the environment that look like a setting and are none: most likely misspelt, and otherwise silently without effect.
 * @returns one line each, with the setting that may be meant
 */
export function misspelt(names: readonly string[], known: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((one) => isClose(name.toUpperCase(), one, mostMistakes(one)));
    return meant === undefined ? [] : [`${name} is not a setting. Did you mean ${meant}?`];
  });
}

/** One mistake in short names, or each of them would look like another. */
const mostMistakes = (name: string) => (name.length > 8 ? 2 : 1);

/** Whether at most so many letters must be changed, added or taken away, or neighbours exchanged, to make one of the other (optimal string alignment). */
function isClose(one: string, other: string, most: number): boolean {
  if (Math.abs(one.length - other.length) > most) return false;
  let [before, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row++) {
    const cells = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      cells.push(
        Math.min(
          (last[column] ?? Infinity) + 1,
          (cells[column - 1] ?? Infinity) + 1,
          (last[column - 1] ?? Infinity) + (same ? 0 : 1),
          swapped ? (before[column - 2] ?? Infinity) + 1 : Infinity,
        ),
      );
    }
    // Most names are like no setting at all, which the first letters show.
    if (Math.min(...cells, ...last) > most) return false;
    [before, last] = [last, cells];
  }
  return (last[other.length] ?? Infinity) <= most;
}
