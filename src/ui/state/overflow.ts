import type { DrawContext } from '../text/draw-context.ts';
import { findCut, reopen } from './stream-split.ts';
import type { Action, View } from './view.ts';

/** Rows below a long answer that must stay visible: composer, status, activity. */
const reservedRows = 8;

/** Rows of the answer that stay live. */
const keptRows = 2;

/** When the answer has outgrown the live region: which part of it to print for good. */
export function findOverflow(view: View, look: DrawContext): Extract<Action, { type: 'screen.overflow' }> | undefined {
  const { live } = view;
  if (live.phase !== 'writing' || live.void !== '' || !look.Markdown) return undefined;
  const rest = live.text.slice(live.printed);
  const room = Math.max(4, look.rows - reservedRows);
  const rows = rest.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / look.columns), 0);
  if (rows <= room) return undefined;
  const opening = reopen(live.rest);
  const isLong = (rest.split('\n').at(-1) ?? '').length > keptRows * look.columns;
  const cut = findCut(opening + rest, isLong ? 1 : keptRows);
  if (cut) return { type: 'screen.overflow', characters: cut.characters - opening.length, rest: cut.rest };
  // A line of code is not cut: its two parts would be two lines.
  const inline = opening === '' ? look.cutParagraph?.(rest, keptRows, look) : undefined;
  return inline === undefined ? undefined : { type: 'screen.overflow', characters: inline, rest: { isTight: true } };
}
