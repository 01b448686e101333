import { stripVTControlCharacters } from 'node:util';
import { LiveRegion } from '../components/App.tsx';
import type { CaretPlace } from '../hooks/use-caret.ts';
import type { Store } from '../state/view-store.ts';
import { renderRows } from '../text/render-rows.tsx';
import { widthOf } from '../text/span.ts';
import type { Terminal } from './terminal.ts';

export type ResizeSteps = {
  readonly store: Store;
  readonly terminal: Terminal;
  /** Takes the live region off the terminal. */
  readonly blank: () => void;
  /** Draws it anew for the new size. */
  readonly redraw: (columns: number, rows: number) => void;
};

/**
 * Before ink hears of another size, what the terminal made of the live region is erased: one that became narrower has wrapped its rows,
 * one that became lower has dropped those below the cursor. ink counts on neither, so what it writes to take its picture off is dropped.
 * xterm.js does not keep the cursor in its row, so there it is erased at the first of several sizes. Returns the way to stop.
 */
export function followSize({ store, terminal, blank, redraw }: ResizeSteps): () => void {
  const { stdout } = terminal;
  const isXtermJs = process.env.TERM_PROGRAM === 'vscode';
  const erase = (columns: number) => terminal.write(eraseLive(store, columns, isXtermJs));
  if (isXtermJs) terminal.onResizing(erase);
  const before = () => {
    if (!isXtermJs) erase(stdout.columns);
    terminal.setMuted(true);
  };
  const after = () => {
    blank();
    terminal.setMuted(false);
    redraw(stdout.columns || 80, stdout.rows || 24);
  };
  stdout.prependListener('resize', before);
  stdout.on('resize', after);
  return () => {
    stdout.off('resize', before);
    stdout.off('resize', after);
  };
}

/** The live region as it stands is laid out once more, to know how wide each row is. */
function eraseLive(store: Store, columns: number, isXtermJs: boolean): string {
  const shot = store.snapshot();
  if (shot.isBlank) return '';
  if (shot.page) return '\u001b[H\u001b[J\n';
  const rows = renderRows(<LiveRegion shot={shot} />, shot.look).slice(-(shot.look.rows - 1));
  return eraseWrapped(
    rows.map((row) => widthOf(stripVTControlCharacters(row))),
    store.caret.current,
    columns,
    isXtermJs,
  );
}

/**
 * From the cursor up to the first row, erases everything below, and goes one row down, where ink believes the cursor after it has drawn
 * nothing. `widths` of the rows before the terminal wrapped them. The cursor stays at its letter; in xterm.js it goes as far down as rows
 * were added below it, and its own row is wrapped only when it has left it.
 */
export function eraseWrapped(
  widths: readonly number[],
  cursor: CaretPlace | undefined,
  columns: number,
  isXtermJs: boolean,
): string {
  const rowsOf = (width: number) => Math.max(1, Math.ceil(width / columns));
  const added = (rows: readonly number[]) => rows.reduce((sum, width) => sum + rowsOf(width) - 1, 0);
  const { x, y } = cursor ?? { x: 0, y: widths.length };
  const below = added(widths.slice(y + 1));
  const own = Math.floor(x / columns);
  const follows = below > 0 ? below + added(widths.slice(y, y + 1)) : 0;
  const above = y + added(widths.slice(0, y)) + (isXtermJs ? follows : own);
  return `${above > 0 ? `\u001b[${above}A` : ''}\r\u001b[J\n`;
}
