/** How loosely a text is compared: each level also forgives what those before it forgive. */
export const levels = ['exact', 'line endings', 'trailing blanks', 'punctuation'] as const;
export type Level = (typeof levels)[number];

/** A text in the form in which a level compares it; `starts[i]` and `ends[i]` are where its i-th character is in the original. */
export type Canonical = { readonly text: string; readonly starts: Uint32Array; readonly ends: Uint32Array };

/** Unicode look-alikes of plain punctuation and blanks, which models write as ASCII (or the other way round). */
const plainForms = new Map<string, string>([
  ...pairs("'", '\u2018\u2019\u201a\u201b\u2032\u02bc\uff07'),
  ...pairs('"', '\u201c\u201d\u201e\u201f\u2033\uff02'),
  ...pairs('-', '\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d'),
  ...pairs(' ', '\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'),
  ['\u2026', '...'],
]);

function pairs(plain: string, characters: string): [string, string][] {
  return [...characters].map((character) => [character, plain]);
}

const unicodeBlanks = [...plainForms].filter(([, form]) => form === ' ').map(([character]) => character);
const others = [...plainForms.keys()].join('');

/** What each level compares in another form; the look-behind keeps long runs of blanks linear. */
const specials: Record<Exclude<Level, 'exact'>, RegExp> = {
  'line endings': /\r\n/g,
  'trailing blanks': /\r\n|(?<![ \t])[ \t]+(?=\r?\n|$)/g,
  punctuation: new RegExp(
    `\\r\\n|(?<![ \\t${unicodeBlanks.join('')}])[ \\t${unicodeBlanks.join('')}]+(?=\\r?\\n|$)|[${others}]|\\p{L}\\p{M}+`,
    'gu',
  ),
};

/** A text of plain characters alone has none of those that only the last level knows, and is looked through several times as fast without them. */
const isPlain = (text: string) => !/[^\0-\x7f]/.test(text);

/** Brings a text into the form of a level and keeps where each character came from. */
export function canonicalize(text: string, level: Exclude<Level, 'exact'>): Canonical {
  const capacity = text.length + 2 * (text.split('\u2026').length - 1);
  const starts = new Uint32Array(capacity);
  const ends = new Uint32Array(capacity);
  const parts: string[] = [];
  let length = 0;
  const put = (start: number, end: number) => {
    starts[length] = start;
    ends[length] = end;
    length += 1;
  };
  let from = 0;
  const copyUntil = (end: number) => {
    parts.push(text.slice(from, end));
    for (let at = from; at < end; at += 1) put(at, at + 1);
  };
  const special = specials[level === 'punctuation' && isPlain(text) ? 'trailing blanks' : level];
  for (const { 0: found, index } of text.matchAll(special)) {
    copyUntil(index);
    from = index + found.length;
    const form =
      found === '\r\n' ? '\n' : (plainForms.get(found) ?? (/^\p{L}/u.test(found) ? found.normalize('NFC') : ''));
    const isAtLineEnd = form === ' ' && isLineEnd(text, from);
    if (isAtLineEnd) continue;
    for (let count = 0; count < form.length; count += 1) put(index, from);
    parts.push(form);
  }
  copyUntil(text.length);
  return { text: parts.join(''), starts: starts.subarray(0, length), ends: ends.subarray(0, length) };
}

function plain(character: string): string {
  return plainForms.get(character) ?? character;
}

function isLineEnd(text: string, at: number): boolean {
  return at >= text.length || text.charAt(at) === '\n' || text.startsWith('\r\n', at);
}

/** One line in the loosest form: no indentation, no trailing blanks, plain punctuation. */
export function looseLine(line: string): string {
  return isPlain(line) ? line.trim() : Array.from(line, plain).join('').trim();
}
