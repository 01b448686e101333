/**
 * A regular expression that finds accents composed or not, whichever way it was written: `é` becomes `(?:é|é)`. With `isBytes` also as the
 * byte that Latin-1 has for it (ripgrep's own engine). What is in a character class stays as it is.
 */
export function forgiveAccents(pattern: string, isBytes = false): string {
  if (!/[^\0-\x7f]/.test(pattern)) return pattern;
  return pattern.normalize('NFC').replace(/\\.|\[(?:\\.|[^\]\\])*\]|[^\0-\x7f]/gsu, (found) => {
    if (found.startsWith('\\') || found.startsWith('[')) return found;
    const code = found.codePointAt(0) ?? 0;
    const forms = [...new Set([found, found.normalize('NFD')])];
    if (isBytes && code > 0x9f && code <= 0xff) forms.push(`(?-u:\\x${code.toString(16)})`);
    return forms.length === 1 ? found : `(?:${forms.join('|')})`;
  });
}

/** What only the larger of ripgrep's engines knows, which knows no bytes: look-around and references to groups. */
export function needsLargeEngine(pattern: string): boolean {
  return /\(\?(?:[=!>]|<[=!])|\\[1-9]|\\k</.test(pattern);
}
