/** `1 file`, `3 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The first few names with commas between them, and how many more there are. */
export function firstFew(names: readonly string[], limit: number): string {
  const more = names.length - limit;
  return [...names.slice(0, limit), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
