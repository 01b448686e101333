import type { DrawContext } from '../text/draw-context.ts';
import { reopen } from './reduce.ts';
import { findCut, findInlineCut } from './stream-split.ts';
import type { Action, View } from './view.ts';

/** Rows below a long answer that must stay visible: composer, status, activity. */
const reservedRows = 8;

/** When the answer has outgrown the live region: which part of it to print for good. */
export function findOverflow(view: View, look: DrawContext): Extract<Action, { type: 'screen.overflow' }> | undefined {
  const { live } = view;
  if (live.phase !== 'writing' || live.void !== '' || !look.Markdown) return undefined;
  const rest = live.text.slice(live.printed);
  const room = Math.max(4, look.rows - reservedRows);
  const rows = rest.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / look.columns), 0);
  if (rows <= room) return undefined;
  const opening = reopen(live.rest);
  const cut = findCut(opening + rest, 2);
  if (cut) return { type: 'screen.overflow', characters: cut.characters - opening.length, rest: cut.rest };
  // A line of code is not cut: its two parts would be two lines.
  const inline =
    rest.includes('\n') || opening !== '' ? undefined : findInlineCut(rest, rest.length - look.columns * 2);
  return inline === undefined ? undefined : { type: 'screen.overflow', characters: inline, rest: { isTight: true } };
}
