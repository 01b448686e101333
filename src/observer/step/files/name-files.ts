const mostNamed = 3;

/** Files by their bare names for a sentence: "a.ts", "a.ts, b.ts, c.ts and 2 more". */
export function nameFiles(paths: readonly string[]): string {
  const names = [...new Set(paths.map((path) => path.replace(/^.*\//, '').slice(0, 80)))];
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
  return `${names.slice(0, mostNamed).join(', ')}${more}`;
}
