import type { Item, Rest } from './view.ts';

/**
 * Where a growing Markdown answer may be cut so that its first part can be printed for good: after whole blocks, or after whole
 * lines inside a code block (whose fence is then opened again for the rest).
 */
export type Cut = { readonly characters: number; readonly rest: Rest };

const fencePattern = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/;

/**
 * The last place where the text may be cut, leaving the last `keepLines` lines live. Undefined when there isn't one, e.g. inside a
 * table or a long paragraph.
 */
export function findCut(text: string, keepLines: number): Cut | undefined {
  const lines = text.split('\n');
  const last = lines.length - 1 - keepLines;
  let best: Cut | undefined;
  let fence: string | undefined;
  let list: string | undefined;
  let at = 0;
  for (let index = 0; index <= last; index++) {
    const [line = '', next = ''] = lines.slice(index, index + 2);
    at += line.length + 1;
    if (fence === undefined && fencePattern.test(line)) {
      fence = line.trimStart();
      continue;
    }
    if (fence !== undefined && closes(line, fence)) {
      fence = undefined;
      if (next.trim() !== '') best = { characters: at, rest: { isTight: false } };
      continue;
    }
    if (fence !== undefined) {
      if (!closes(next, fence)) best = { characters: at, rest: { isTight: true, fence } };
      continue;
    }
    list = listOf(line, list);
    if (isBlockEnd(line, next, list))
      best = { characters: at, rest: { isTight: line.trim() !== '' && listOf(next, list) === list } };
  }
  return best;
}

function closes(line: string, fence: string): boolean {
  const mark = fencePattern.exec(line);
  return mark?.[2]?.trim() === '' && (mark[1]?.startsWith(/^(`+|~+)/.exec(fence)?.[1] ?? '```') ?? false);
}

/** The list that a line is in, by its marks, given that of the line before it. */
function listOf(line: string, before: string | undefined): string | undefined {
  const mark = /^(?:([-*+])|\d+([.)]))\s/.exec(line);
  if (mark) return mark[1] ?? mark[2];
  return line.trim() === '' || /^\s/.test(line) ? before : undefined;
}

/** A blank line ends a block unless what follows is indented (it then belongs to a list item); a new top-level list item starts one. */
function isBlockEnd(line: string, next: string, list: string | undefined): boolean {
  if (line.trim() === '') return !/^\s/.test(next);
  const startsItem = list === undefined ? /^(?:[-*+]|1[.)])\s/ : /^(?:[-*+]|\d+[.)])\s/;
  return startsItem.test(next) && !/^\s*\|/.test(line);
}

/** The fence line of the code block that the rest goes on in. */
export function reopen(rest: Rest | undefined): string {
  return rest?.fence === undefined ? '' : `${rest.fence}\n`;
}

/** The items with the parts of each answer in one. */
export function joinParts(items: readonly Item[]): readonly Item[] {
  if (!items.some((item) => item.kind === 'text' && item.after)) return items;
  const joined: Item[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if (last?.kind === 'text' && item.kind === 'text' && item.after)
      joined[joined.length - 1] = { ...last, markdown: last.markdown + item.markdown };
    else joined.push(item);
  }
  return joined;
}
