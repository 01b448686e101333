/** Columns of text in the composer: the prompt takes two, and one stays free for the cursor behind the last character. */
export function composerColumns(columns: number): number {
  return Math.max(10, columns - 3);
}
