import { expect, it } from 'vitest';
import { chooseLines } from '../../../../src/observer/review/account/choose-lines.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `line ${at} of the log`);

it('leaves a text that fits as it is', () => {
  expect(chooseLines(' one\ntwo ', 100, [])).toBe('one\ntwo');
});

it('keeps both ends and the lines that decide, each with its neighbours, and says how much is left out', () => {
  const lines = numbered(400);
  lines[200] = 'AssertionError: 3 is not 4';
  lines[300] = 'writes src/parser.ts';
  const shown = chooseLines(lines.join('\n'), 600, ['src/parser.ts']);
  for (const part of [
    'line 0 of',
    'line 399 of',
    'line 199 of',
    'AssertionError: 3',
    'line 201 of',
    'writes src/parser.ts',
  ])
    expect(shown).toContain(part);
  expect(shown).toMatch(/\[… \d+ lines left out …\]/);
  expect(shown.length).toBeLessThan(650);
});

it('prefers what names the terms to other failures when there is no room for all', () => {
  const lines = Array.from({ length: 300 }, (_, at) => `error ${at}: something else is undefined`);
  lines[150] = 'error: `sumOf` in src/sum.ts is undefined';
  expect(chooseLines(lines.join('\n'), 400, ['sumOf', 'src/sum.ts'])).toContain('sumOf');
});

it('cuts a text of one long line, and counts no blank lines as left out', () => {
  expect(chooseLines('x'.repeat(5000), 300, []).length).toBeLessThan(400);
  const shown = chooseLines(['start', ...Array.from({ length: 400 }, () => ''), 'end'].join('\n'), 200, []);
  expect(shown).not.toContain('left out');
});
