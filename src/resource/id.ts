/** What equal ids have in common: Graph compares them without regard to ASCII case, and keeps a spelling of its own. */
export function idKey(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether two ids are the same object's. */
export function sameId(one: string, other: string): boolean {
  return idKey(one) === idKey(other);
}
