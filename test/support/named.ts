const longest = 60;

/** Rows for `test.each`, each after a name for it that fits a line: its JSON, cut where that is long. */
export function named<Row>(rows: readonly Row[]): [name: string, row: Row][] {
  return rows.map((row) => {
    const text = JSON.stringify(row);
    return [text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`, row];
  });
}
