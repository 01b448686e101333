/**
 * The front matter of a Markdown file (what comes between two lines of `---` at its beginning, as YAML) and its body; undefined when
 * the file has none. A byte order mark before it is not text.
 */
export function splitFrontMatter(text: string): { readonly yaml: string; readonly body: string } | undefined {
  const match = /^\ufeff?---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(text);
  return match === null ? undefined : { yaml: match[1] ?? '', body: match[2] ?? '' };
}
