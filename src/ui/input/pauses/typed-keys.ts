import { keyName, type TerminalKey } from '../key-parser.ts';

/** The key, or what it writes, is a digit. */
export function isDigit({ text }: { readonly text: string }): boolean {
  return /^\d$/.test(text);
}

/** Whether it shows that an Enter just before it was the line break of a paste. */
export function breaksOff(key: TerminalKey): boolean {
  return (
    key.type === 'paste' || (key.type === 'key' && (key.text !== '' || /^(return|tab|ctrl\+j)$/.test(keyName(key))))
  );
}

/** Keys that write; arrows and the like are no sign that words are on their way. */
export function isTyping(key: TerminalKey): boolean {
  return (
    key.type === 'paste' || (key.type === 'key' && (key.text !== '' || /^(return|backspace|delete)$/.test(key.name)))
  );
}
