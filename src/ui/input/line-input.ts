import { type Line, span, splitGraphemes, widthOf } from '../text/span.ts';
import { type Composer, edit, emptyComposer, setText, type as typeText } from './composer.ts';
import type { TerminalKey } from './key-parser.ts';

/** One editable line inside a panel, with the composer's keys. */
export type LineInput = {
  readonly text: () => string;
  /** True when the key was used. */
  readonly press: (key: TerminalKey) => boolean;
  /** The line, and the cursor's column in it; scrolls when it is longer than `columns`. */
  readonly draw: (columns: number) => { readonly line: Line; readonly column: number };
};

/** `isSecret` shows a bullet for each character. */
export function createLineInput(initial: string, isSecret = false): LineInput {
  let composer: Composer = setText(emptyComposer, initial);
  return {
    text: () => composer.buffer.text,
    press: (key) => {
      if (key.type === 'paste') {
        composer = typeText(composer, key.text.replace(/\s*\n\s*/g, ' '));
        return true;
      }
      if (key.type !== 'key' || key.name === 'up' || key.name === 'down' || key.name === 'j') {
        if (key.type !== 'key' || key.text === '') return false;
      }
      const next = edit(composer, key, 10_000);
      if (next === undefined) return false;
      composer = next;
      return true;
    },
    draw: (columns) => {
      const { cursor } = composer.buffer;
      const text = isSecret ? '*'.repeat(composer.buffer.text.length) : composer.buffer.text;
      let before = text.slice(0, cursor);
      while (widthOf(before) > columns - 1) before = splitGraphemes(before).slice(8).join('');
      return { line: [span(before), span(text.slice(cursor))], column: widthOf(before) };
    },
  };
}
