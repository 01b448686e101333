import exactWidth from 'string-width';

/**
 * Characters that take one column in every terminal and never join with others: ASCII, Latin, dashes and quotes, arrows, frames, the
 * marks of our screen. The exact way compiles patterns of all emoji first, a tenth of a second that most texts don't need.
 */
export const narrowText =
  /^[\x20-\x7e\xa1-\xa8\xaa-\xac\xaf-\u02ff\u2010-\u2027\u2030-\u203b\u2190-\u2193\u2387\u2500-\u259f\u25a0\u25a1\u25b8\u25b9\u25c6-\u25cf\u2713\u2717\u276f\u2800-\u28ff]*$/;

const escapeCharacter = '\u001b';

/** Columns that a text takes in a terminal; the bundle gives it to every package that asks for string-width. */
export default function stringWidth(text: string, options?: Parameters<typeof exactWidth>[1]): number {
  if (narrowText.test(text)) return text.length;
  if (options === undefined && text.includes(escapeCharacter)) {
    const bare = text.replace(colours, '');
    if (narrowText.test(bare)) return bare.length;
  }
  return exactWidth(text, options);
}

const colours = /\u001b\[[\d;:]*m/g;
