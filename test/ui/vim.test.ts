import { expect, test } from 'vitest';
import { emptyComposer, setText } from '../../src/ui/input/composer.ts';
import { createKeyParser } from '../../src/ui/input/key-parser.ts';
import { newVim, pressVim, type Vim } from '../../src/ui/input/vim/press-vim.ts';

/** Presses keys in normal mode; `|` stands for the cursor. */
function play(text: string, keys: string): { shown: string; vim: Vim; passed: string[] } {
  const cursor = text.indexOf('|');
  let composer = setText(emptyComposer, text.replace('|', ''), cursor);
  let vim: Vim = { ...newVim, mode: 'normal' };
  const passed: string[] = [];
  const parser = createKeyParser();
  for (const key of [...keys].flatMap((one) => [...parser.push(one), ...parser.flush()])) {
    if (key.type !== 'key') continue;
    const result = pressVim(vim, composer, key, 80);
    if (result === undefined) {
      passed.push(key.name);
      if (vim.mode === 'insert' && key.text !== '') {
        const { buffer } = composer;
        composer = setText(
          composer,
          buffer.text.slice(0, buffer.cursor) + key.text + buffer.text.slice(buffer.cursor),
          buffer.cursor + 1,
        );
      }
      continue;
    }
    if (result.passAs) passed.push(result.passAs);
    ({ vim, composer } = result);
  }
  const { text: end, cursor: place } = composer.buffer;
  return { shown: `${end.slice(0, place)}|${end.slice(place)}`, vim, passed };
}

test.each([
  ['one |two three', 'w', 'one two |three'],
  ['one two |three', 'bb', '|one two three'],
  ['|one two', 'e', 'on|e two'],
  ['|one two three', '2w', 'one two |three'],
  ['|a.b c', 'W', 'a.b |c'],
  ['ab|c', '0', '|abc'],
  ['|  abc', '$', '  ab|c'],
  ['  ab|c', '^', '  |abc'],
  ['|one\ntwo', 'G', 'one\ntw|o'],
  ['one\ntw|o', 'gg', '|one\ntwo'],
  ['|a, b, c', 'f,', 'a|, b, c'],
  ['|a, b, c', 'f,;', 'a, b|, c'],
  ['|a, b', 't,', '|a, b'],
  ['a, |b', 'F,', 'a|, b'],
  ['|one two', 'dw', '|two'],
  ['|one two three', 'd2w', '|three'],
  ['one |two three', 'D', 'one| '],
  ['one |two', 'd0', '|two'],
  ['|one two', 'x', '|ne two'],
  ['on|e', 'x', 'o|n'],
  ['one\nt|wo\nthree', 'dd', 'one\n|three'],
  ['one\nt|wo', 'dd', '|one'],
  ['o|ne\ntwo\nthree', '2dd', '|three'],
  ['one t|wo three', 'diw', 'one | three'],
  ['one t|wo three', 'daw', 'one |three'],
  ['|one two', 'cwa\u001b', '|a two'],
  ['one |two', 'Cx\u001b', 'one |x'],
  ['|one\ntwo', 'ccx\u001b', '|x\ntwo'],
  ['|ab', 'ix\u001b', '|xab'],
  ['|ab', 'ax\u001b', 'a|xb'],
  ['|ab', 'Ax\u001b', 'ab|x'],
  ['a|b', 'Ix\u001b', '|xab'],
  ['|a\nb', 'ox\u001b', 'a\n|x\nb'],
  ['a\n|b', 'Ox\u001b', 'a\n|x\nb'],
  ['|one two', 'ywP', 'one| one two'],
  ['o|ne\ntwo', 'yyp', 'one\n|one\ntwo'],
  ['|one two', 'dwu', '|one two'],
  ['|one two', 'dwu\u0012', '|two'],
  ['|abc', 'rx', '|xbc'],
  ['|abc', '~~', 'AB|c'],
  ['|abc', 'dz', '|abc'],
  ['|one two', 'd\u001bw', 'one |two'],
  ['one two |[Pasted text #1 +9 lines] x', 'x', 'one two | x'],
])('%s, then %j gives %s', (text, keys, expected) => {
  expect(play(text, keys).shown).toBe(expected);
});

test('Esc leaves inserting first, and then means what it always means; Enter and Ctrl keys pass', () => {
  expect(play('|a', 'i\u001b\u001b').passed).toEqual(['escape']);
  expect(play('|a', '\r\u0003').passed).toEqual(['return', 'c']);
  expect(play('|a', 'k').passed).toEqual(['up']);
});
