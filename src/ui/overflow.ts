import { liveTextLines } from './draw-live.ts';
import { composerReserve } from './frame.ts';
import type { Look } from './look.ts';
import { findCut, findInlineCut } from './stream-split.ts';
import type { Action, View } from './view.ts';

/** When the answer has outgrown the live region: which part of it to print for good. */
export function findOverflow(view: View, look: Look): Extract<Action, { type: 'screen.overflow' }> | undefined {
  const { live } = view;
  if (live.phase !== 'writing' || live.void !== '' || !look.markdown) return undefined;
  const rest = live.text.slice(live.printed);
  const room = Math.max(4, look.rows - composerReserve);
  if (rest.length < room * 4 && rest.split('\n').length < room) return undefined;
  if (liveTextLines(live, look).length <= room) return undefined;
  const cut = findCut(rest, 2);
  if (cut) return { type: 'screen.overflow', ...cut };
  const inline = rest.includes('\n') ? undefined : findInlineCut(rest, rest.length - look.columns * 2);
  return inline === undefined ? undefined : { type: 'screen.overflow', characters: inline, rest: { isTight: true } };
}
