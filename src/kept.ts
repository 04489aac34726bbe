/** One answer for all who ask within a time: looks at most once in `keepMs`, however many ask. */
export function kept<T>(
  keepMs: number,
  look: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  let known: { readonly answer: Promise<T>; readonly atMs: number } | undefined;
  return () => {
    if (known === undefined || now() - known.atMs >= keepMs) known = { answer: look(), atMs: now() };
    return known.answer;
  };
}
