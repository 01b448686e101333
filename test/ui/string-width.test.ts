import exactWidth from 'string-width';
import { expect, test } from 'vitest';
import stringWidth, { narrowText } from '../../src/ui/text/string-width.ts';

test('what is called narrow is one column wide, each character by itself and beside the others', () => {
  const wrong: string[] = [];
  const narrow: string[] = [];
  for (let code = 0; code < 0x3000; code++) {
    const character = String.fromCharCode(code);
    if (!narrowText.test(character)) continue;
    narrow.push(character);
    if (exactWidth(character) !== 1) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
  expect(narrow.length).toBeGreaterThan(500);
  expect(exactWidth(narrow.join(''))).toBe(narrow.length);
});

test('colours take no columns; wide, joined and combining characters are left to the exact way', () => {
  for (const text of [
    '\u001b[31m─ red ─\u001b[0m',
    '日本',
    '👩‍👩‍👧',
    'e\u0301',
    '\t',
    '\u001b]8;;http://x\u0007link\u001b]8;;\u0007',
  ])
    expect(stringWidth(text), JSON.stringify(text)).toBe(exactWidth(text));
});
