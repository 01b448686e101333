const mostNamed = 3;

/** Files by their bare names for a sentence: "a.ts", "a.ts and b.ts", "a.ts, b.ts, c.ts and 2 more". */
export function nameFiles(paths: readonly string[]): string {
  const names = [...new Set(paths.map((path) => path.replace(/^.*\//, '').slice(0, 80)))];
  const parts = names.length > mostNamed ? [...names.slice(0, mostNamed), `${names.length - mostNamed} more`] : names;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
