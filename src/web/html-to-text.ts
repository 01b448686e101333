/** Elements whose content is not text. */
const silent = /^(script|style|svg|noscript|template)$/;
const breaking = /^\/?(p|div|li|ul|ol|tr|table|h[1-6]|section|article|pre|blockquote|br|hr)$/;
const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  nbsp: ' ',
  amp: '&',
};
const maxLength = 400_000;

/**
 * The text of HTML alone, at most of its first 400,000 characters: for a page that the parser can't take. Goes through it once, so that
 * no page makes it slow.
 */
export function htmlToText(html: string): string {
  const source = html.slice(0, maxLength);
  const lower = source.toLowerCase();
  const parts: string[] = [];
  for (let at = 0; at < source.length; ) {
    const open = source.indexOf('<', at);
    if (open === -1) {
      parts.push(source.slice(at));
      break;
    }
    parts.push(source.slice(at, open));
    const close = source.indexOf('>', open);
    if (close === -1) break;
    const name = /^<(\/?[a-z][a-z0-9]*)/.exec(lower.slice(open, open + 20))?.[1] ?? '';
    parts.push(breaking.test(name) ? '\n' : ' ');
    at = close + 1;
    if (silent.test(name)) {
      const end = lower.indexOf(`</${name}`, at);
      if (end === -1) break;
      at = end;
    }
  }
  return parts
    .join('')
    .replace(/&(lt|gt|quot|apos|#39|nbsp|amp);/g, (_, name: string) => entities[name] ?? ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}
