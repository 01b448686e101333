import fc from 'fast-check';
import { createElement } from 'react';
import { describe, expect, it } from 'vitest';
import { isClean, sanitize } from '../../src/core/text/sanitize.ts';
import { Tone } from '../../src/ui/components/layout/Tone.tsx';
import { createDrawContext } from '../../src/ui/text/draw-context.ts';
import { renderRows } from '../../src/ui/text/render-rows.tsx';

describe('sanitizing', () => {
  it('removes whole sequences and keeps the words', () => {
    expect(sanitize('a\u001b[31mred\u001b[0m b')).toBe('ared b');
    expect(sanitize('x\u001b]0;title\u0007y\u001b]8;;http://e\u001b\\z')).toBe('xyz');
    expect(sanitize('\u009b2Jgone')).toBe('gone');
  });

  it('shows stray controls and characters that reorder text', () => {
    expect(sanitize('a\u0007b\u202ec')).toBe('a␇b<U+202E>c');
  });

  it('keeps the last state of a line that was overwritten', () => {
    expect(sanitize('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
  });

  it('leaves nothing that a terminal would obey, and is idempotent', () => {
    const nasty = fc.array(
      fc.constantFrom(
        'a',
        '\u001b',
        '[',
        ']',
        '31m',
        '\u0007',
        '\u009b',
        'P',
        '\\',
        '\n',
        '\r',
        '\t',
        '\u202e',
        ';',
        '?',
        '\u007f',
        '日',
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        nasty.map((parts) => parts.join('')),
        (text) => {
          const safe = sanitize(text);
          expect(isClean(safe)).toBe(true);
          expect(sanitize(safe)).toBe(safe);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is the last guard where components become bytes: only our own colours pass', () => {
    const look = createDrawContext({}, { TERM: 'xterm-256color', LANG: 'C.UTF-8' }, { columns: 81, rows: 24 });
    for (const node of [
      createElement(Tone, { role: 'bad' }, 'a\u001b[2J\nb'),
      createElement(Tone, null, 'a\u001b]0;x\u0007␊b'),
    ])
      expect(renderRows(node, look).map((row) => row.replace(/\u001b\[[\d;]*m/g, ''))).toEqual(['a␊b']);
  });
});
