import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatherAnswer } from '../../src/model/answer/gather-answer.ts';
import { createThoughtReader } from '../../src/model/text/thoughts.ts';

function read(text: string, size = text.length || 1): { text: string; reasoning: string } {
  const words = gatherAnswer({ onText: () => undefined, onReasoning: () => undefined });
  const reader = createThoughtReader({
    onText: words.addText,
    onReasoning: words.addReasoning,
    onRecast: words.recast,
  });
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  reader.end();
  return { text: words.text().trim(), reasoning: words.reasoning() };
}

const thinking = [
  ['at the start', '<think>a</think>answer', 'answer'],
  ['in another tag', '<thinking>a</thinking>\n\nanswer', 'answer'],
  ['in capitals', '<THINK>a</THINK>answer', 'answer'],
  ["in Mistral's brackets", '[THINK]a[/THINK]answer', 'answer'],
  ["in Kimi's marks", '◁think▷a◁/think▷answer', 'answer'],
  ["in Seed's tags", '<seed:think>a</seed:think>answer', 'answer'],
  ['in a tag that is a word elsewhere', '<thought>a</thought>answer', 'answer'],
  ['without a beginning', 'let me see\n</think>\n\nanswer', 'answer'],
  ['without a beginning, on one line', 'so: a call</think>answer', 'answer'],
  ['after a remark', 'Let me see. <think>a</think>answer', 'answer'],
  ['twice', '<think>a</think>\n<think>b</think>\nanswer', 'answer'],
  ['that speak of their tag', '<think>it ends with `</think>`, so</think>answer', 'answer'],
  ['that never end', '<think>a', ''],
  ['with an open fence inside', '<think>```\ncode</think>answer', 'answer'],
  ['after the answer', 'The answer.\n<think>was that right?</think>', 'The answer.'],
  ['in the middle of a long answer', 'One.\n\nTwo.\n<think>a</think>\nThree.', 'One.\n\nTwo.\nThree.'],
] as const;

const shown = [
  'The tag `<think>` opens them and `</think>` ends them.',
  'Write:\n```html\n<think>a</think>\n```\nand see.',
  '> <think>a</think>',
  'A <thought>b</thought> in the middle is a word.',
  'Type <think> to begin.',
  'See [think](docs/think.md) and a < b.',
] as const;

describe('thoughts in the text', () => {
  it.each(thinking)('%s are no part of the answer', (_, text, answer) => {
    expect(read(text).text).toBe(answer);
  });

  it.each(shown)('are text where they are quoted: %s', (text) => {
    expect(read(text)).toEqual({ text, reasoning: '' });
  });

  it('are read the same however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...thinking.map(([, text]) => text), ...shown),
        fc.integer({ min: 1, max: 9 }),
        (text, size) => {
          expect(read(text, size)).toEqual(read(text));
        },
      ),
    );
  });

  it('and answers lose nothing', () => {
    const unit = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '`',
      '```',
      '<think>',
      '</think>',
      '<thinking>',
      '</thinking>',
      '[THINK]',
      '>',
    );
    fc.assert(
      fc.property(fc.string({ unit }), fc.integer({ min: 1, max: 7 }), (text, size) => {
        const bare = (whole: string) => whole.replace(/<\/?think(ing)?>|\[\/?THINK\]|\s/g, '');
        const got = read(text, size);
        const letters = (whole: string) => [...bare(whole)].sort().join('');
        expect(letters(got.text + got.reasoning)).toBe(letters(text));
      }),
    );
  });

  it('costs no more than the length of the text', () => {
    const html = '<p>a < b</p>\n'.repeat(40_000);
    expect(read(html, 7).text).toBe(html.trim());
  });
});
