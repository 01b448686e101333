import { oneRow } from '../text/one-row.ts';
import type { Buffer } from './buffer.ts';
import { type Composer, edit, emptyComposer, setText, type as typeText } from './composer.ts';
import { paste } from './folds.ts';
import { keyName, type TerminalKey } from './key-parser.ts';

/** An editable field inside a panel, with the composer's keys. */
export type LineInput = ReturnType<typeof createLineInput>;

type FieldKind = {
  /** A star is shown for each character. */
  readonly isSecret?: boolean;
  /** It takes several lines, and a large paste as a label; otherwise a paste becomes one line. */
  readonly keepsLines?: boolean;
};

const verticalKeys = new Set(['up', 'down', 'ctrl+j', 'shift+return', 'alt+return']);

/** Without `keepsLines` it is one line. */
export function createLineInput(initial: string, { isSecret = false, keepsLines = false }: FieldKind = {}) {
  let composer: Composer = setText(emptyComposer, initial);
  return {
    /** What was written, pasted text in full. */
    text: (): string =>
      composer.folds.reduce((text, { label, content }) => text.replaceAll(label, () => content), composer.buffer.text),
    /** True when the key was used. */
    press: (key: TerminalKey): boolean => {
      if (key.type === 'paste') {
        composer = keepsLines ? paste(composer, key.text) : typeText(composer, oneRow(key.text));
        return true;
      }
      if (key.type !== 'key' || (!keepsLines && verticalKeys.has(keyName(key)))) return false;
      const next = edit(composer, key, 10_000);
      if (next === undefined) return false;
      composer = next;
      return true;
    },
    /** What is shown of it. */
    buffer: (): Buffer => {
      const { text, cursor } = composer.buffer;
      return { text: isSecret ? '*'.repeat(text.length) : text, cursor };
    },
  };
}
