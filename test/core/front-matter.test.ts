import { expect, it } from 'vitest';
import { splitFrontMatter } from '../../src/core/text/front-matter.ts';

it.each([
  ['plain', '---\nname: x\n---\nBody'],
  ['with Windows line ends', '---\r\nname: x\r\n---\r\nBody'],
  ['after a byte order mark', '\ufeff---\nname: x\n---\nBody'],
  ['with blanks after the dashes', '---  \nname: x\n--- \nBody'],
])('front matter is read %s', (_, text) => {
  expect(splitFrontMatter(text)).toEqual({ yaml: 'name: x', body: 'Body' });
});

it.each(['Body', '--- \nno end', '\n---\nname: x\n---\n'])('%j has none', (text) => {
  expect(splitFrontMatter(text)).toBeUndefined();
});

it('may be empty, and may end the file', () => {
  expect(splitFrontMatter('---\n---')).toEqual({ yaml: '', body: '' });
});
