import { showUnseen, visible } from '../text/sanitize.ts';

/** What is not seen, or looks like a plain blank. */
const unseen = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Marks that are drawn over something else: those without a letter of their own, piled up on one, or that strike it through or surround it. */
const strayMarks = /(?<!\p{L}\p{M}{0,3})\p{M}|[\u0334-\u0338\u20d0-\u20f0]/gu;

/** Letters of other scripts, and Latin ones made for formulas, that look like those of ASCII. */
const lookalikes =
  /[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b3\u03b9\u03bd\u03bf\u03c1\u03c5\u03f2\u03f3\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c-\u041e\u0420-\u0423\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04ae\u04af\u04bb\u04c0\u04cf\u0501\u051b\u051d\u0555\u0570\u0578\u057d\u0581\u0585]|[\u{1d400}-\u{1d7ff}]/gu;

/** Runs of letters and digits, with marks. */
const words = /[\p{L}\p{M}\p{N}]+/gu;

/** Signs that look like a slash, a dash, a dot or another one that a shell reads. */
const signs =
  /[\u2010-\u2012\u2212\u2215\u2044\u29f8\u2571\u2216\u29f5\u037e\u2024\u2236\ua789\u02d0\u0589\u2223\u01c0\u2032\ua78c\u2217\u204e\u223c\u02dc\u02cb\u2035\u1fef]|(?<=^|\s)[\u2013-\u2015](?=\w)/gu;

/** A text in ASCII quotes, or a quote of another kind outside of them, which a shell takes for a letter. */
const quotes = /'[^']*'|"(?:\\.|[^"\\])*"|[\u2018-\u201f]/gs;

/**
 * Shows a text that somebody is to agree to: everything that a terminal would act on, and every character that is not seen, hides another or
 * looks like one of ASCII, by its picture or code. Nothing is left out, so that what is read is what will run.
 */
export function reveal(text: string): string {
  if (isPlain(text)) return text;
  const shown = text.replace(quotes, (match) => (match.length === 1 ? visible(match) : match)).replace(signs, visible);
  return revealLetters(shown, true)
    .replace(strayMarks, visible)
    .replace(unseen, (character) => visible(character) || '<U+FEFF>');
}

/** Joiners, emoji styles and the frame of a key, which are marks but no strays. */
const partOfProse = /\u200c|\u200d|\ufe0e|\ufe0f|\u20e3/;

/** The same for the lines of a file, which may be prose: its blanks and joiners, quotes and dashes stay as they are. */
export function revealLine(text: string): string {
  if (isPlain(text)) return text;
  const show = (mark: string) => (partOfProse.test(mark) ? mark : visible(mark));
  return showUnseen(revealLetters(text, false).replace(strayMarks, show));
}

/** A name of a file or of something else that others chose, on one line. */
export function revealName(name: string): string {
  return reveal(name).replace(/\n/g, '\u240a').replace(/\t/g, '\u2409');
}

function isPlain(text: string): boolean {
  return /^[\n\t\u0020-\u007e]*$/.test(text);
}

/** Letters that look like those of ASCII in a word with such letters; where `isCode`, also a whole word of them in a path, an address or an option. */
function revealLetters(text: string, isCode: boolean): string {
  return text.replace(words, (word, at: number) => {
    const rest = word.replace(lookalikes, '');
    if (rest === word) return word;
    const isInCode = isCode && word.length > 1 && rest === '' && isCodeAround(text, at, at + word.length);
    return /[a-z]/i.test(rest) || isInCode || /[\u{1d400}-\u{1d7ff}]/u.test(word)
      ? word.replace(lookalikes, visible)
      : word;
  });
}

/** Whether a sign of a path, an address or an option touches a word. */
function isCodeAround(text: string, start: number, end: number): boolean {
  return /[\w./~:@-]/.test(text[start - 1] ?? '') || /^[./:@-]\w/.test(text.slice(end, end + 2));
}
