/**
 * Whatever comes from a file, a command, a model or a file name may hold terminal control sequences. Nothing of it reaches a
 * terminal raw: whole sequences are removed, stray control characters are shown as pictures, and characters that reorder or hide
 * text (the "Trojan source" set and others that are not seen) are shown by their code.
 */

/** CSI, OSC/DCS/APC/PM/SOS up to their end (or to the end of the line when unterminated), and two-character escapes. */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c|(?=\n)|$)|\u001b[ -/]*[0-~]/g;

/**
 * What is not seen: controls, what reorders text, and what takes no room. Joiners and emoji styles are left where words and pictures need
 * them, next to a letter that is not ASCII and behind an emoji: elsewhere they hide something too.
 */
const joined =
  '(?![\\u0000-\\u007f]|\\p{Default_Ignorable_Code_Point})[\\p{L}\\p{M}\\p{So}\\p{Sk}\\p{Extended_Pictographic}]';
const unseen =
  '(?![\\n\\t\\u200c\\u200d\\ufe0e\\ufe0f])[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]';
const risky = `${unseen}|[\\u200c\\u200d](?!${joined})(?<!${joined}[\\u200c\\u200d])|(?<!\\p{Emoji})[\\ufe0e\\ufe0f]`;
const firstRisky = new RegExp(risky, 'u');
const allRisky = new RegExp(risky, 'gu');

/** True when the text is safe to print as it is (tabs and line breaks allowed). */
export function isClean(text: string): boolean {
  return isAscii(text) || !firstRisky.test(text);
}

/** Makes text of any origin safe to show: as `stripControls` does, and everything else that is not seen is shown by its picture or code. */
export function sanitize(text: string): string {
  return isClean(text) ? text : stripControls(text).replace(allRisky, visible);
}

/** What a terminal acts on, and what reorders text. */
const controls =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Takes out what a terminal acts on, for a model that must find the rest of a file's letters as they are: escape sequences are dropped,
 * `\r\n` becomes `\n`, what a lone `\r` overwrote on its line is dropped (progress bars keep their last state), other controls are made
 * visible. Tabs and line breaks stay.
 */
export function stripControls(text: string): string {
  if (isAscii(text)) return text;
  return text
    .replace(sequences, '')
    .replace(/\r+\n/g, '\n')
    .replace(/(?<![^\n\r])[^\n\r]*\r(?=[^\n\r])/g, '')
    .replace(/\r/g, '')
    .replace(controls, visible);
}

/** Shows every character that is not seen by its picture or code, tabs and line breaks apart; nothing is left out. */
export function showUnseen(text: string): string {
  return isAscii(text) ? text : text.replace(allRisky, (character) => visible(character) || '<U+FEFF>');
}

function isAscii(text: string): boolean {
  return /^[\n\t\u0020-\u007e]*$/.test(text);
}

/** A picture of a control character: `␛` for ESC, `<U+202E>` for what has no picture. */
export function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code === 0xfeff) return '';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
