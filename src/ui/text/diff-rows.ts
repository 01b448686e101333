import type { DiffLine } from '../../core/screen/result-view.ts';
import { expandTabs } from './expand-tabs.ts';
import { type Span, span, splitGraphemes } from './span.ts';

/** A row of a diff: a line with its number, or a gap between two places. */
export type DiffRow =
  | { readonly kind: 'gap' }
  | { readonly kind: DiffLine['kind']; readonly number: number | undefined; readonly pieces: readonly Span[] };

/** A diff as rows; in a changed line the part that differs stands out. */
export function diffRows(lines: readonly DiffLine[]): DiffRow[] {
  return lines.flatMap((line, index): DiffRow[] => {
    const previous = lines[index - 1];
    const row: DiffRow = { kind: line.kind, number: line.new ?? line.old, pieces: piecesOf(lines, index) };
    return previous && isGap(previous, line) ? [{ kind: 'gap' }, row] : [row];
  });
}

function piecesOf(lines: readonly DiffLine[], index: number): Span[] {
  const line = lines[index];
  if (line === undefined) return [];
  if (line.kind === 'same') return [span(expandTabs(line.text), 'quiet')];
  const partner = partnerOf(lines, index);
  return inner(expandTabs(line.text), partner && expandTabs(partner.text), line.kind === 'add' ? 'add' : 'remove');
}

/** In a block of removals followed by as many additions, the n-th of each belong together. */
function partnerOf(lines: readonly DiffLine[], index: number): DiffLine | undefined {
  const line = lines[index];
  if (line === undefined || line.kind === 'same') return undefined;
  let start = index;
  while (lines[start - 1] && lines[start - 1]?.kind !== 'same') start -= 1;
  let end = index;
  while (lines[end + 1] && lines[end + 1]?.kind !== 'same') end += 1;
  const block = lines.slice(start, end + 1);
  const removed = block.filter((other) => other.kind === 'remove');
  const added = block.filter((other) => other.kind === 'add');
  if (removed.length !== added.length) return undefined;
  return line.kind === 'remove' ? added[removed.indexOf(line)] : removed[added.indexOf(line)];
}

/** Common head and tail stay plain, what lies between stands out; nothing does when most of the line differs. */
function inner(text: string, partner: string | undefined, role: 'add' | 'remove'): Span[] {
  if (partner === undefined) return [span(text, role)];
  const mine = splitGraphemes(text);
  const theirs = splitGraphemes(partner);
  let head = 0;
  while (head < mine.length && head < theirs.length && mine[head] === theirs[head]) head += 1;
  let tail = 0;
  while (
    tail < mine.length - head &&
    tail < theirs.length - head &&
    mine[mine.length - 1 - tail] === theirs[theirs.length - 1 - tail]
  )
    tail += 1;
  if (head + tail < Math.max(mine.length, theirs.length) * 0.3) return [span(text, role)];
  const parts = [mine.slice(0, head), mine.slice(head, mine.length - tail), mine.slice(mine.length - tail)].map(
    (part) => part.join(''),
  );
  const [before = '', changed = '', after = ''] = parts;
  return [span(before, role), span(changed, role === 'add' ? 'addStrong' : 'removeStrong'), span(after, role)].filter(
    (piece) => piece.text !== '',
  );
}

function isGap(previous: DiffLine, line: DiffLine): boolean {
  if (previous.new !== undefined && line.new !== undefined) return line.new > previous.new + 1;
  if (previous.old !== undefined && line.old !== undefined) return line.old > previous.old + 1;
  return false;
}
