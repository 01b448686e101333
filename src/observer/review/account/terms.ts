const maxTerms = 40;
const inBackticks = /`([^`\n]{2,80})`/g;
/** Paths, dotted and joined names, camel case, capitals, versions and counts: words that can be found again in code and output. */
const codeLike =
  /(?:[\w@-]*[./])+[\w-]+|\b[a-z]+\d*[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w*|\b\w+_\w+\b|\b[A-Z]{3,}\b|\bv?\d+(?:\.\d+)+\b|\b\d{2,}(?:[A-Z]{1,2}\b)?/g;

/** What words name that can be found again in code and output: what is in backticks, names, paths, versions, counts. */
export function termsOf(words: string): string[] {
  const quoted = [...words.matchAll(inBackticks)].map((match) => match[1]!.trim().replace(/\(\)$/, ''));
  const named = [...words.matchAll(codeLike)].map((match) => match[0]);
  const parts = [...quoted, ...named].flatMap((term) => [term, term.split('/').at(-1)!]);
  return [...new Set(parts)].filter((term) => term.length >= 2).slice(0, maxTerms);
}

/** One name in backticks: no command, no sentence. */
const oneName = /^[\w@][\w@./:#-]{3,59}$/;

/** Names that the words put in backticks and that none of the texts holds. */
export function unseenNames(words: string, texts: () => Iterable<string>): string[] {
  const names = [...words.matchAll(inBackticks)].map((match) => match[1]!.trim().replace(/\(\)$/, ''));
  const open = new Set(names.filter((name) => oneName.test(name)).slice(0, maxTerms));
  if (open.size === 0) return [];
  for (const text of texts()) {
    for (const name of open) if (text.includes(name) || text.includes(name.split(/[/.:#]/).at(-1)!)) open.delete(name);
    if (open.size === 0) break;
  }
  return [...open];
}
