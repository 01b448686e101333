/** Keeps the head and the tail of a long text; `hint` says how to get the rest and is in the gap. Lengths are in characters. */
export function clip(text: string, limit: number, hint: (omitted: number) => string): string {
  if (text.length <= limit) return text;
  const headEnd = lineBoundary(text, Math.floor(limit * 0.6), 1);
  const tailStart = lineBoundary(text, text.length - (limit - Math.floor(limit * 0.6)), -1);
  return `${text.slice(0, headEnd)}\n[… ${hint(tailStart - headEnd)} …]\n${text.slice(tailStart)}`;
}

/** Moves a cut to a line break at most 200 characters inwards, and never into the middle of a surrogate pair. */
function lineBoundary(text: string, position: number, side: 1 | -1): number {
  if (side === 1) {
    const at = text.lastIndexOf('\n', position);
    if (at > Math.max(0, position - 200)) return at;
  } else {
    const at = text.indexOf('\n', position);
    if (at !== -1 && at < position + 200) return at + 1;
  }
  const code = text.charCodeAt(position);
  return code >= 0xdc00 && code <= 0xdfff ? position - side : position;
}
