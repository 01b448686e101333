/**
 * Whatever comes from a file, a command, a model or a file name may hold terminal control sequences. Nothing of it reaches a
 * terminal raw: whole sequences are removed, stray control characters are shown as pictures, and characters that reorder or hide
 * text (the "Trojan source" set) are shown by their code.
 */

/** CSI, OSC/DCS/APC/PM/SOS up to their end (or to the end of the line when unterminated), and two-character escapes. */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c|(?=\n)|$)|\u001b[ -/]*[0-~]/g;

const risky =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
const riskyAll =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** True when the text is safe to print as it is (tabs and line breaks allowed). */
export function isClean(text: string): boolean {
  return !risky.test(text);
}

/**
 * Makes text of any origin safe to show: escape sequences are dropped, `\r\n` becomes `\n`, what a lone `\r` overwrote on its line
 * is dropped (progress bars keep their last state), other controls are made visible. Tabs and line breaks stay.
 */
export function sanitize(text: string): string {
  if (isClean(text)) return text;
  return text
    .replace(sequences, '')
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n\r]*\r(?=[^\n\r])/g, '')
    .replace(/\r/g, '')
    .replace(riskyAll, visible);
}

/** A picture of a control character: `␛` for ESC, `<U+202E>` for what has no picture. */
export function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code === 0xfeff) return '';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
