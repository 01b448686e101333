import { expect, it } from 'vitest';
import { reveal, revealLine } from '../../src/core/questions/reveal.ts';
import { isClean, sanitize } from '../../src/core/text/sanitize.ts';

it('what somebody is to agree to is shown whole, with everything that is not seen', () => {
  const command = 'echo safe\r\u001b]0;x\u0007\u001b[2K\u009b1Arm -rf x\u200b\u202e\u00a0y\ufeff';
  const shown = reveal(command);
  expect(shown).toBe('echo safe␍␛]0;x␇␛[2K<U+009B>1Arm -rf x<U+200B><U+202E><U+00A0>y<U+FEFF>');
  expect(isClean(shown)).toBe(true);
  expect(sanitize(shown)).toBe(shown);
  expect(reveal('plain\n\ttext äöü 你好')).toBe('plain\n\ttext äöü 你好');
});

it.each([
  ['echo a\u2800b', 'echo a<U+2800>b'],
  // Letters of other scripts among those of ASCII, or in a path, an address, an option.
  ['curl https://g\u0456thub.com', 'curl https://g<U+0456>thub.com'],
  ['rm -rf /\u0440\u0430/x', 'rm -rf /<U+0440><U+0430>/x'],
  ['\u{1d5cb}\u{1d5c6} -rf x', '<U+1D5CB><U+1D5C6> -rf x'],
  // Marks over other signs, and signs that are taken for others.
  ['rm a\u0338b .\u0301x', 'rm a<U+0338>b .<U+0301>x'],
  ['a\u0301\u0302\u0303\u0304\u0305', 'a\u0301\u0302\u0303\u0304<U+0305>'],
  ['ls a\u2215b \u2013rf \u2018$(x)\u2019 a\u037e', 'ls a<U+2215>b <U+2013>rf <U+2018>$(x)<U+2019> a<U+037E>'],
])('what looks like something else is shown by its code: %s', (text, shown) => {
  expect(reveal(text)).toBe(shown);
});

it.each([
  'git commit -m "Fix the user\u2019s name \u2014 again"',
  'git commit -m "\u041e\u0431\u043d\u043e\u0432\u0438\u0442\u044c \u0444\u0430\u0439\u043b.txt \u0430 \u0441"',
  "cat '\u65e5\u672c\u8a9e\uff0c\u6587.md' cafe\u0301.txt \u03b1\u03b2\u03b3 10\u03bcs \u0939\u093f\u0928\u094d\u0926\u0940",
])('the words of every language stay readable: %s', (text) => {
  expect(reveal(text)).toBe(text);
});

it('a line of a file shows what hides in it, and leaves prose as it is', () => {
  const prose = '\u201cIt\u2019s\u201d\u00a0\u2014 \u2018so\u2019 1\ufe0f\u20e3 \u2212 a\u2044b';
  expect(revealLine(prose)).toBe(prose);
  expect(revealLine('const us\u0435r\u2800 = a\u200b\u0338')).toBe('const us<U+0435>r<U+2800> = a<U+200B><U+0338>');
});
