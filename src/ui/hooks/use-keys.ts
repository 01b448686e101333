import { useStdin } from 'ink';
import { useEffect } from 'react';
import { listenToKeys } from '../input/input.ts';
import type { TerminalKey } from '../input/key-parser.ts';
import type { PasteMarks } from '../input/unmarked-pastes.ts';

/**
 * Calls `press` with the keys of the terminal, those that arrived together in one group. ink's own useInput takes a whole chunk for one key
 * and knows no pastes, so "a" and Enter that arrive together would be one unknown key.
 */
export function useKeys(press: (keys: readonly TerminalKey[]) => void, marks?: PasteMarks): void {
  const { stdin } = useStdin();
  useEffect(() => listenToKeys(stdin, press, marks), [stdin, press, marks]);
}
