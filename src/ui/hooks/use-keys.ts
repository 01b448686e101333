import { createContext, useContext, useEffect } from 'react';
import type { TerminalKey } from '../input/key-parser.ts';

/** Where keys come from: hands each group that arrived together to its listener; returns the way to stop. */
export type KeySource = (press: (keys: readonly TerminalKey[]) => void) => () => void;

const KeysContext = createContext<KeySource>(() => () => undefined);

export const KeysProvider = KeysContext.Provider;

/**
 * Calls `press` with the keys of the terminal. ink's own useInput takes a whole chunk for one key and knows no pastes, so "a" and Enter
 * that arrive together would be one unknown key.
 */
export function useKeys(press: (keys: readonly TerminalKey[]) => void): void {
  const listen = useContext(KeysContext);
  useEffect(() => listen(press), [listen, press]);
}
