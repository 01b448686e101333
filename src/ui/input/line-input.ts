import { type Line, span, splitGraphemes, widthOf } from '../text/span.ts';
import { type Composer, edit, emptyComposer, setText, type as typeText } from './composer.ts';
import { paste } from './folds.ts';
import { keyName, type TerminalKey } from './key-parser.ts';

/** An editable field inside a panel, with the composer's keys. */
export type LineInput = {
  /** What was written, pasted text in full. */
  readonly text: () => string;
  /** True when the key was used. */
  readonly press: (key: TerminalKey) => boolean;
  /**
   * The lines about the cursor, at most `rows` of them, and where it is in them; the cursor's line scrolls when it is longer than `columns`.
   */
  readonly draw: (columns: number, rows: number) => DrawnField;
};

export type DrawnField = { readonly lines: readonly Line[]; readonly column: number; readonly row: number };

type FieldKind = {
  /** A star is shown for each character. */
  readonly isSecret?: boolean;
  /** It takes several lines, and a large paste as a label; otherwise a paste becomes one line. */
  readonly keepsLines?: boolean;
};

const verticalKeys = new Set(['up', 'down', 'ctrl+j', 'shift+return', 'alt+return']);

/** Without `keepsLines` it is one line. */
export function createLineInput(initial: string, { isSecret = false, keepsLines = false }: FieldKind = {}): LineInput {
  let composer: Composer = setText(emptyComposer, initial);
  return {
    text: () =>
      composer.folds.reduce((text, { label, content }) => text.replaceAll(label, () => content), composer.buffer.text),
    press: (key) => {
      if (key.type === 'paste') {
        composer = keepsLines ? paste(composer, key.text) : typeText(composer, key.text.replace(/\s*\n\s*/g, ' '));
        return true;
      }
      if (key.type !== 'key' || (!keepsLines && verticalKeys.has(keyName(key)))) return false;
      const next = edit(composer, key, 10_000);
      if (next === undefined) return false;
      composer = next;
      return true;
    },
    draw: (columns, rows) => {
      const { cursor, text: written } = composer.buffer;
      const text = isSecret ? '*'.repeat(written.length) : written;
      const place = text.slice(0, cursor).split('\n').length - 1;
      const lines = text.split('\n');
      const first = Math.max(0, Math.min(place - Math.floor(rows / 2), lines.length - rows));
      const start = text.lastIndexOf('\n', cursor - 1) + 1;
      let before = cursor === 0 ? '' : text.slice(start, cursor);
      while (widthOf(before) > columns - 1) before = splitGraphemes(before).slice(8).join('');
      const after = text.slice(cursor).split('\n', 1)[0] ?? '';
      const drawn = lines.map((line, at) => (at === place ? [span(before), span(after)] : [span(line)]));
      return { lines: drawn.slice(first, first + rows), column: widthOf(before), row: place - first };
    },
  };
}
