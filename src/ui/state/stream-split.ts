import type { Rest } from './view.ts';

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
  let at = 0;
  for (let index = 0; index <= last; index++) {
    const line = lines[index] ?? '';
    at += line.length + 1;
    const mark = fencePattern.exec(line);
    if (fence === undefined && mark) fence = line.trimStart();
    else if (
      fence !== undefined &&
      mark?.[1]?.startsWith(/^(`+|~+)/.exec(fence)?.[1] ?? '```') &&
      mark[2]?.trim() === ''
    )
      fence = undefined;
    if (fence !== undefined)
      best = fence === line.trimStart() ? best : { characters: at, rest: { isTight: true, fence } };
    else if (isBlockEnd(line, lines[index + 1] ?? '')) best = { characters: at, rest: { isTight: line.trim() !== '' } };
  }
  return best;
}

/** A blank line ends a block unless what follows is indented (it then belongs to a list item); a new top-level list item starts one. */
function isBlockEnd(line: string, next: string): boolean {
  if (line.trim() === '') return !/^\s/.test(next);
  return /^(?:[-*+]|\d+[.)])\s/.test(next) && !/^\s*\|/.test(line);
}

/** A cut in a long paragraph without line breaks: at the last blank before `characters`, outside of marks that span it. */
export function findInlineCut(text: string, characters: number): number | undefined {
  const paragraph = text.slice(0, characters);
  for (let at = paragraph.lastIndexOf(' '); at > characters / 2; at = paragraph.lastIndexOf(' ', at - 1)) {
    const head = paragraph.slice(0, at);
    const isBalanced =
      (head.split('`').length - 1) % 2 === 0 &&
      (head.split('**').length - 1) % 2 === 0 &&
      head.lastIndexOf('[') <= head.lastIndexOf(')');
    if (isBalanced || !head.includes('[')) return at + 1;
  }
  return undefined;
}
