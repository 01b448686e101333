/** The first few names with commas between them, and how many more there are. */
export function listNames(names: readonly string[], limit: number): string {
  const more = names.length - limit;
  return [...names.slice(0, limit), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
