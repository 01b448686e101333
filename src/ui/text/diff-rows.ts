import { revealLine } from '../../core/questions/reveal.ts';
import type { DiffLine } from '../../core/screen/result-view.ts';
import { expandTabs } from './expand-tabs.ts';
import { type Span, span, splitGraphemes } from './span.ts';

/** A row of a diff: a line with its number, or a gap between two places. */
export type DiffRow =
  | { readonly kind: 'gap' }
  | { readonly kind: DiffLine['kind']; readonly number: number | undefined; readonly pieces: readonly Span[] };

/** A diff as rows, with all that is in its lines; in a changed line the part that differs stands out. */
export function diffRows(raw: readonly DiffLine[]): DiffRow[] {
  const lines = raw.map((line) => ({ ...line, text: revealLine(line.text) }));
  const rows: DiffRow[] = [];
  let block: DiffLine[] = [];
  const flush = () => {
    rows.push(...changedRows(block));
    block = [];
  };
  for (const [index, line] of lines.entries()) {
    const previous = lines[index - 1];
    const isAfterGap = previous !== undefined && isGap(previous, line);
    if (isAfterGap || line.kind === 'same') flush();
    if (isAfterGap) rows.push({ kind: 'gap' });
    if (line.kind === 'same') rows.push(rowOf(line, [span(expandTabs(line.text), 'quiet')]));
    else block.push(line);
  }
  flush();
  return rows;
}

/** Removals and additions without a line between them: where there are as many of both, the n-th of each belong together. */
function changedRows(block: readonly DiffLine[]): DiffRow[] {
  const removed = block.filter(({ kind }) => kind === 'remove');
  const added = block.filter(({ kind }) => kind === 'add');
  const partners = new Map(
    removed.length === added.length ? removed.flatMap((line, index) => pairs(line, added[index]!)) : [],
  );
  return block.map((line) => {
    const partner = partners.get(line);
    const role = line.kind === 'add' ? 'add' : 'remove';
    return rowOf(line, inner(expandTabs(line.text), partner && expandTabs(partner.text), role));
  });
}

function pairs(one: DiffLine, other: DiffLine): (readonly [DiffLine, DiffLine])[] {
  return [
    [one, other],
    [other, one],
  ];
}

function rowOf(line: DiffLine, pieces: readonly Span[]): DiffRow {
  return { kind: line.kind, number: line.new ?? line.old, pieces };
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
