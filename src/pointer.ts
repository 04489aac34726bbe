const longestPointerPart = 64;

/** JSON pointer (RFC 6901) to a path of names and indexes. Ends early before a name that is too long to be repeated, or no Unicode. */
export function pointer(path: readonly (string | number)[]): string {
  const parts = path.map(String);
  const end = parts.findIndex((part) => part.length > longestPointerPart || !part.isWellFormed());
  return parts
    .slice(0, end < 0 ? parts.length : end)
    .map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
