import type { DiffLine } from '../core/types.ts';
import { type Line, padLine, type Role, type Span, span, splitGraphemes, truncateLine } from './span.ts';
import { expandTabs } from './wrap.ts';

export type DiffOptions = {
  readonly columns: number;
  /** Rows to draw at most; the middle is left out above that. */
  readonly limit: number;
  readonly ellipsis: string;
};

/** Draws a diff with line numbers; in a changed line the part that differs stands out. */
export function drawDiff(lines: readonly DiffLine[], options: DiffOptions): Line[] {
  const digits = String(Math.max(0, ...lines.map((line) => line.new ?? line.old ?? 0))).length;
  const rows: Line[] = [];
  let previous: DiffLine | undefined;
  for (const [index, line] of lines.entries()) {
    if (previous && isGap(previous, line)) rows.push([span(`${' '.repeat(digits)} ${options.ellipsis}`, 'quiet')]);
    rows.push(drawDiffLine(line, partnerOf(lines, index), digits, options));
    previous = line;
  }
  return shorten(rows, options);
}

function drawDiffLine(line: DiffLine, partner: DiffLine | undefined, digits: number, options: DiffOptions): Line {
  const number = String(line.new ?? line.old ?? '').padStart(digits);
  if (line.kind === 'same')
    return truncateLine([span(`${number}   ${expandTabs(line.text)}`, 'quiet')], options.columns, options.ellipsis);
  const role: Role = line.kind === 'add' ? 'add' : 'remove';
  const row: Line = [
    span(`${number} ${line.kind === 'add' ? '+' : '-'} `, role),
    ...inner(expandTabs(line.text), partner && expandTabs(partner.text), role),
  ];
  return padLine(truncateLine(row, options.columns, options.ellipsis), options.columns, { role });
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

function shorten(rows: Line[], { limit, ellipsis }: DiffOptions): Line[] {
  if (rows.length <= limit) return rows;
  const head = Math.ceil((limit - 1) * 0.7);
  const tail = limit - 1 - head;
  const left = rows.length - head - tail;
  return [
    ...rows.slice(0, head),
    [span(`${ellipsis} ${left} more lines`, 'quiet')],
    ...(tail > 0 ? rows.slice(-tail) : []),
  ];
}
