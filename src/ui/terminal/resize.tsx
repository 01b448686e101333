import { LiveRegion } from '../components/App.tsx';
import type { ViewStore } from '../state/view-store.ts';
import { renderRows } from '../text/render-rows.tsx';
import type { Terminal } from './terminal.ts';

export type ResizeSteps = {
  readonly store: ViewStore;
  readonly terminal: Terminal;
  /** Takes the live region off the terminal. */
  readonly blank: () => void;
  /** The same, and has the conversation printed anew. */
  readonly reprint: () => void;
  /** Draws for the new size. */
  readonly redraw: () => void;
};

/** The whole terminal, the scrollback last: some put there what the first clears. */
const clearAll = '\u001b[2J\u001b[3J\u001b[H';

/**
 * At another width each terminal does something else with the rows that stand there, at a moment of its own: it wraps them, cuts them,
 * pushes them into the scrollback. What became of the live region can't be told, so all is cleared, and the conversation is printed for
 * the new width. At another height alone the live region is erased where it stands. ink counts on nothing of this: what it writes to take
 * its picture off is dropped, and the cursor left one row down, where ink believes it after it has drawn nothing. Returns the way to stop.
 */
export function followSize({ store, terminal, blank, reprint, redraw }: ResizeSteps): () => void {
  const { stdout } = terminal;
  let columns = stdout.columns;
  let isCleared = false;
  const before = () => {
    const live = liveRows(store);
    const isOtherWidth = stdout.columns !== columns;
    columns = stdout.columns;
    isCleared = live !== undefined && (isOtherWidth || live.above >= stdout.rows);
    if (isCleared) terminal.write(`${clearAll}\n`);
    else if (live) terminal.write(`${live.above > 0 ? `\u001b[${live.above}A` : ''}\r\u001b[J\n`);
    else if (store.snapshot().page) terminal.write('\u001b[H\u001b[J\n');
    terminal.setMuted(true);
  };
  const after = () => {
    if (isCleared) reprint();
    else blank();
    terminal.setMuted(false);
    redraw();
  };
  stdout.prependListener('resize', before);
  stdout.on('resize', after);
  return () => {
    stdout.off('resize', before);
    stdout.off('resize', after);
  };
}

/** How many rows of the live region are above the cursor; undefined where none is on the terminal's main screen. */
function liveRows(store: ViewStore): { readonly above: number } | undefined {
  const shot = store.snapshot();
  if (shot.isBlank || shot.page) return undefined;
  return { above: store.caret.current?.y ?? renderRows(<LiveRegion shot={shot} />, shot.look).length };
}
