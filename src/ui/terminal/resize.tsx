import { stripVTControlCharacters } from 'node:util';
import { LiveRegion } from '../components/App.tsx';
import type { CaretPlace } from '../hooks/use-caret.ts';
import type { Store } from '../state/store.ts';
import { renderRows } from '../text/render-rows.tsx';
import { widthOf } from '../text/span.ts';

export type ResizeSteps = {
  readonly store: Store;
  readonly stdout: NodeJS.WriteStream;
  /** Takes the live region off the terminal. */
  readonly blank: () => void;
  /** Draws it anew for the new size. */
  readonly redraw: (columns: number, rows: number) => void;
};

/**
 * Before ink hears of another size, what the terminal made of the live region is erased: one that became narrower has wrapped its rows,
 * one that became lower has dropped those below the cursor, and ink counts on neither. Returns the way to stop.
 */
export function followSize({ store, stdout, blank, redraw }: ResizeSteps): () => void {
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  let last = size();
  const before = () => {
    const next = size();
    if (next.columns < last.columns || next.rows < last.rows) stdout.write(eraseLive(store, next.columns));
    last = next;
    blank();
  };
  const after = () => redraw(last.columns, last.rows);
  stdout.prependListener('resize', before);
  stdout.on('resize', after);
  return () => {
    stdout.off('resize', before);
    stdout.off('resize', after);
  };
}

/** The live region as it stands is laid out once more, to know how wide each row is. */
function eraseLive(store: Store, columns: number): string {
  const shot = store.snapshot();
  if (shot.isBlank) return '';
  const rows = renderRows(<LiveRegion shot={shot} />, shot.look).slice(-(shot.look.rows - 1));
  return eraseWrapped(
    rows.map((row) => widthOf(stripVTControlCharacters(row))),
    store.caret.current,
    columns,
  );
}

/**
 * From the cursor up to the first row, erases everything below, and puts the cursor back on the row where ink believes it to be.
 * `widths` of the rows before the terminal wrapped them.
 */
export function eraseWrapped(widths: readonly number[], cursor: CaretPlace | undefined, columns: number): string {
  const rowsOf = (width: number) => Math.max(1, Math.ceil(width / columns));
  const y = cursor?.y ?? widths.length;
  const above =
    widths.slice(0, y).reduce((sum, width) => sum + rowsOf(width), 0) + Math.floor((cursor?.x ?? 0) / columns);
  const below = widths.length - y;
  return `${above > 0 ? `\u001b[${above}A` : ''}\r\u001b[J${'\n'.repeat(widths.length)}${below > 0 ? `\u001b[${below}A` : ''}`;
}
